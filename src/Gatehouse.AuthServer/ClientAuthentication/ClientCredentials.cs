using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;

namespace Gatehouse.AuthServer.ClientAuthentication;

/// <summary>A <c>client_id</c> and <c>client_secret</c> as a request presented them, and by which method.</summary>
internal readonly record struct ClientCredentials(string ClientId, ClientSecret Secret, string Method)
{
    /// <summary>Reads them from exactly one place (RFC 6749 §2.3: a client must not use two methods in one request).</summary>
    public static OAuthFailure? Read(string? authorization, FormBody form, out ClientCredentials credentials)
    {
        // Our credentials never contain blanks, and the line ends of a pasted command leave some behind: they are dropped.
        var clientId = form["client_id"]?.Trim() ?? string.Empty;
        credentials = new ClientCredentials(clientId, new ClientSecret(string.Empty), string.Empty);
        if (authorization is null)
        {
            if (clientId.Length == 0 || form["client_secret"] is not { } secret) return OAuthFailure.NoCredentials;
            credentials = new(clientId, new ClientSecret(secret.Trim()), TokenEndpointAuthMethods.ClientSecretPost);
            return null;
        }
        if (!BasicCredentials.IsBasic(authorization)) return OAuthFailure.UnsupportedAuthorizationScheme;
        if (!BasicCredentials.TryParse(authorization, out var user, out var password)) return OAuthFailure.MalformedBasic;
        user = user.Trim();
        credentials = new(user, new ClientSecret(password.Trim()), TokenEndpointAuthMethods.ClientSecretBasic);
        if (form["client_secret"] is not null) return OAuthFailure.TwoMethods;
        return clientId.Length > 0 && !string.Equals(clientId, user, StringComparison.Ordinal) ? OAuthFailure.TwoClientIds : null;
    }
}
