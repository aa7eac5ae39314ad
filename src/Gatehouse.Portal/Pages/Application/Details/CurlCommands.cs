using System.Text;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Store.Model;

namespace Gatehouse.Portal.Pages.Application.Details;

/// <summary>The two commands, ready to paste into a POSIX shell: get a token, call an API with it.</summary>
internal sealed class CurlCommands(PortalOptions options)
{
    public const string SecretPlaceholder = "YOUR_CLIENT_SECRET";

    private const string Certificate = " --cert client.pem --key client.key";

    /// <summary>
    /// The token request of the first grant that the application may use (RFC 6749 §4.4.2 before those that a user or another token stands behind),
    /// by the way in which it proves itself. The secret stands in it only when it is shown on the same page.
    /// </summary>
    /// <returns>Null when no command could do it: <see cref="WhyNoToken"/> says why.</returns>
    public string? Token(ApplicationFacts facts, string clientId, string? secret)
    {
        if (facts.ProvesKey || FirstGrant.Of(facts) is not { } grant) return null;
        secret ??= SecretPlaceholder;
        var url = facts.ShowsCertificate ? Word(options.MutualTlsTokenEndpoint ?? options.TokenEndpoint) + Certificate : Word(options.TokenEndpoint);
        string[] request = [$"grant_type={grant.Name}", $"client_id={clientId}"];
        return facts.AuthMethod switch
        {
            TokenEndpointAuthMethods.PrivateKeyJwt => Post(
                url, [.. request, $"client_assertion_type={ClientAssertion.Type}", "client_assertion=YOUR_JWT", .. grant.Parameters]),
            TokenEndpointAuthMethods.ClientSecretBasic =>
                $"curl{Trust()} -u '{clientId}:{secret}' \\\n{string.Join(" \\\n", grant.Parameters.Prepend(request[0]).Select(text => "-d " + text))} \\\n{url}",
            var method when method == TokenEndpointAuthMethods.None || TokenEndpointAuthMethods.IsCertificate(method) => Post(url, [.. request, .. grant.Parameters]),
            _ => Post(url, [.. request, $"client_secret={secret}", .. grant.Parameters]),
        };
    }

    /// <summary>Why there is no token command.</summary>
    public static string WhyNoToken(ApplicationFacts facts) => facts.ProvesKey
        ? "The tokens of this application are bound to a key (DPoP, RFC 9449). Each request carries a proof that is signed anew, so there is no command to paste: use a library that knows DPoP."
        : "The application may use no grant that obtains a first token. Ask API Support for one.";

    /// <summary>Why there is no call command.</summary>
    public const string WhyNoCall = "Each call carries the token as Authorization: DPoP and a proof for its method and URL.";

    /// <summary>Where the placeholders of that request come from; null when it has none.</summary>
    public static string? HintFor(ApplicationFacts facts) => facts.ProvesKey ? null : FirstGrant.Of(facts)?.Hint;

    /// <summary>RFC 6750 §2.1: the call that the facts name, or a placeholder when the application may call nothing yet.</summary>
    /// <returns>Null when no command could do it.</returns>
    public string? Call(ApplicationFacts facts)
    {
        if (facts.ProvesKey) return null;
        var call = facts.Call ?? new SampleCall("GET", "/{API CALL}");
        var text = new StringBuilder("curl").Append(Trust()).Append(facts.IsBoundToCertificate ? Certificate : string.Empty)
            .Append(" -H 'Authorization: Bearer YOUR_ACCESS_TOKEN' \\\n");
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
