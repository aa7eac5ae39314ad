using System.Text;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Store.Model;

namespace Gatehouse.Portal.Pages.Application.Details;

/// <summary>The two commands, ready to paste into a POSIX shell: get a token, call an API with it.</summary>
internal sealed class CurlCommands(PortalOptions options)
{
    public const string SecretPlaceholder = "YOUR_CLIENT_SECRET";

    /// <summary>
    /// The token request of the first grant that the application may use (RFC 6749 §4.4.2 before those that a user or another token stands behind),
    /// by the way in which it proves itself. The secret stands in it only when it is shown on the same page.
    /// </summary>
    public string Token(ApplicationFacts facts, string clientId, string? secret)
    {
        var grant = FirstGrant.Of(facts.GrantTypes);
        secret ??= SecretPlaceholder;
        string[] request = [$"grant_type={grant.Name}", $"client_id={clientId}"];
        return facts.AuthMethod switch
        {
            TokenEndpointAuthMethods.None => Post(Word(options.TokenEndpoint), [.. request, .. grant.Parameters]),
            TokenEndpointAuthMethods.PrivateKeyJwt => Post(
                Word(options.TokenEndpoint), [.. request, $"client_assertion_type={ClientAssertion.Type}", "client_assertion=YOUR_JWT", .. grant.Parameters]),
            TokenEndpointAuthMethods.ClientSecretBasic =>
                $"curl{Trust()} -u '{clientId}:{secret}' \\\n{string.Join(" \\\n", grant.Parameters.Prepend(request[0]).Select(text => "-d " + text))} \\\n{Word(options.TokenEndpoint)}",
            var method when TokenEndpointAuthMethods.IsCertificate(method) =>
                Post($"{Word(options.MutualTlsTokenEndpoint ?? options.TokenEndpoint)} --cert client.pem --key client.key", [.. request, .. grant.Parameters]),
            _ => Post(Word(options.TokenEndpoint), [.. request, $"client_secret={secret}", .. grant.Parameters]),
        };
    }

    /// <summary>Where the placeholders of that request come from; null when it has none.</summary>
    public static string? HintFor(ApplicationFacts facts) => FirstGrant.Of(facts.GrantTypes).Hint;

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
