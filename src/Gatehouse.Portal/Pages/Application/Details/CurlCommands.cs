using System.Text;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Store.Model;

namespace Gatehouse.Portal.Pages.Application.Details;

/// <summary>The two commands, ready to paste into a POSIX shell: get a token, call an API with it.</summary>
internal sealed class CurlCommands(PortalOptions options)
{
    public const string SecretPlaceholder = "YOUR_CLIENT_SECRET";

    /// <summary>RFC 6749 §4.4.2. The secret stands in it only when it is shown on the same page.</summary>
    public string Token(string clientId, string authMethod, string? secret)
    {
        var text = new StringBuilder("curl").Append(Trust());
        if (!TokenEndpointAuthMethods.IsSecret(authMethod))
        {
            return text.Append(" -d \"grant_type=client_credentials\\\n").Append($"&client_id={clientId}")
                .Append(authMethod == TokenEndpointAuthMethods.PrivateKeyJwt ? $"\\\n&client_assertion_type={ClientAssertion.Type}\\\n&client_assertion=YOUR_JWT" : string.Empty)
                .Append($"\"{(TokenEndpointAuthMethods.IsCertificate(authMethod) ? " --cert client.pem --key client.key" : string.Empty)} \\\n{Word(options.TokenEndpoint)}").ToString();
        }
        secret ??= SecretPlaceholder;
        return authMethod == TokenEndpointAuthMethods.ClientSecretBasic
            ? text.Append($" -u '{clientId}:{secret}' \\\n-d grant_type=client_credentials \\\n{Word(options.TokenEndpoint)}").ToString()
            : text.Append(" -d \"grant_type=client_credentials\\\n")
                .Append($"&client_id={clientId}\\\n&client_secret={secret}\" \\\n{Word(options.TokenEndpoint)}").ToString();
    }

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

    private string Trust() => options.CaFile is { } file ? $" --cacert {Word(file)}" : string.Empty;

    private static string Word(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or ':') ? text : Quoted(text);

    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
