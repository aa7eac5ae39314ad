using System.Text;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Store.Model;

namespace Gatehouse.Portal.Pages.Application.Details;

/// <summary>The two commands, ready to paste into a POSIX shell: get a token, call an API with it.</summary>
internal sealed class CurlCommands(PortalOptions options)
{
    public const string SecretPlaceholder = "YOUR_CLIENT_SECRET";

    private const string ClientCredentials = "grant_type=client_credentials";

    /// <summary>
    /// RFC 6749 §4.4.2; of an application that proves itself with nothing, which acts for users alone, §4.1.3. The secret stands in it only when it
    /// is shown on the same page.
    /// </summary>
    public string Token(string clientId, string authMethod, string? secret) => authMethod switch
    {
        TokenEndpointAuthMethods.None => Post(
            Word(options.TokenEndpoint), "grant_type=authorization_code", $"client_id={clientId}", "code=THE_CODE", "code_verifier=YOUR_CODE_VERIFIER"),
        TokenEndpointAuthMethods.PrivateKeyJwt => Post(
            Word(options.TokenEndpoint), ClientCredentials, $"client_id={clientId}", $"client_assertion_type={ClientAssertion.Type}", "client_assertion=YOUR_JWT"),
        TokenEndpointAuthMethods.ClientSecretBasic =>
            $"curl{Trust()} -u '{clientId}:{secret ?? SecretPlaceholder}' \\\n-d {ClientCredentials} \\\n{Word(options.TokenEndpoint)}",
        _ when TokenEndpointAuthMethods.IsCertificate(authMethod) =>
            Post($"{Word(options.MutualTlsTokenEndpoint ?? options.TokenEndpoint)} --cert client.pem --key client.key", ClientCredentials, $"client_id={clientId}"),
        _ => Post(Word(options.TokenEndpoint), ClientCredentials, $"client_id={clientId}", $"client_secret={secret ?? SecretPlaceholder}"),
    };

    /// <summary>RFC 6750 §2.1.</summary>
    /// <param name="call">The call to show; null when the application may call nothing yet.</param>
    public string Call(SampleCall? call)
    {
        call ??= new SampleCall("GET", "/{API CALL}");
        var text = new StringBuilder("curl").Append(Trust()).Append(" -H 'Authorization: Bearer YOUR_ACCESS_TOKEN' \\\n");
        if (call.Method != (call.JsonBody is null ? "GET" : "POST")) text.Append($"-X {call.Method} \\\n");
        if (call.JsonBody is { } body) text.Append($"-H 'Content-Type: application/json' \\\n-d {Quoted(body)} \\\n");
        return text.Append(Quoted(options.ApiUrl.TrimEnd('/') + call.Path)).ToString();
    }

    private string Post(string url, params string[] parameters) => $"curl{Trust()} -d \"{string.Join("\\\n&", parameters)}\" \\\n{url}";

    private string Trust() => options.CaFile is { } file ? $" --cacert {Word(file)}" : string.Empty;

    private static string Word(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or ':') ? text : Quoted(text);

    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
