using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;

namespace Gatehouse.AuthServer.ClientAuthentication;

/// <summary>A <c>client_id</c> and its proof as a request presented them, and by which method.</summary>
internal readonly record struct ClientCredentials(string ClientId, string Method)
{
    /// <summary>What was sent as secret; null when the method is another one.</summary>
    public ClientSecret? Secret { get; private init; }

    /// <summary>What was sent as assertion; null when the method is another one.</summary>
    public ClientAssertion? Assertion { get; private init; }

    /// <summary>Reads them from exactly one place (RFC 6749 §2.3: a client must not use two methods in one request).</summary>
    public static OAuthFailure? Read(string? authorization, FormBody form, out ClientCredentials credentials)
    {
        // Our credentials never contain blanks, and the line ends of a pasted command leave some behind: they are dropped.
        var clientId = form["client_id"]?.Trim() ?? string.Empty;
        credentials = new ClientCredentials(clientId, TokenEndpointAuthMethods.None);
        var hasAssertion = form["client_assertion"] is not null || form["client_assertion_type"] is not null;
        if (hasAssertion && (authorization is not null || form["client_secret"] is not null)) return OAuthFailure.TwoMethods;
        if (hasAssertion) return ReadAssertion(clientId, form, ref credentials);
        if (authorization is not null) return ReadBasic(clientId, authorization, form, ref credentials);
        if (clientId.Length == 0) return OAuthFailure.NoCredentials;
        if (form["client_secret"] is { } secret)
            credentials = new(clientId, TokenEndpointAuthMethods.ClientSecretPost) { Secret = new ClientSecret(secret.Trim()) };
        return null;
    }

    private static OAuthFailure? ReadBasic(string clientId, string authorization, FormBody form, ref ClientCredentials credentials)
    {
        if (!BasicCredentials.IsBasic(authorization)) return OAuthFailure.UnsupportedAuthorizationScheme;
        if (!BasicCredentials.TryParse(authorization, out var user, out var password)) return OAuthFailure.MalformedBasic;
        user = user.Trim();
        credentials = new(user, TokenEndpointAuthMethods.ClientSecretBasic) { Secret = new ClientSecret(password.Trim()) };
        if (form["client_secret"] is not null) return OAuthFailure.TwoMethods;
        return clientId.Length > 0 && !string.Equals(clientId, user, StringComparison.Ordinal) ? OAuthFailure.TwoClientIds : null;
    }

    // RFC 7521 §4.2: the assertion names the client; a client_id beside it must be the same one.
    private static OAuthFailure? ReadAssertion(string clientId, FormBody form, ref ClientCredentials credentials)
    {
        if (form["client_assertion_type"] != ClientAssertion.Type) return OAuthFailure.WrongAssertionType;
        if (form["client_assertion"] is not { } text || ClientAssertion.Read(text) is not { } assertion) return OAuthFailure.MalformedAssertion;
        credentials = new(assertion.ClientId, TokenEndpointAuthMethods.PrivateKeyJwt) { Assertion = assertion };
        return clientId.Length > 0 && !string.Equals(clientId, assertion.ClientId, StringComparison.Ordinal) ? OAuthFailure.TwoClientIds : null;
    }
}
