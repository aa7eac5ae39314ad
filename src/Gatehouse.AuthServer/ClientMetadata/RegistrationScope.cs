using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;

namespace Gatehouse.AuthServer.ClientMetadata;

/// <summary>What applications that register themselves may have, by the right by which they came.</summary>
internal static class RegistrationScope
{
    private static readonly string[] ForUsers = [GrantType.AuthorizationCode, GrantType.RefreshToken];

    // Whoever speaks for itself needs somebody here who let it in.
    private static readonly string[] LetIn = [.. ForUsers, GrantType.ClientCredentials];

    public static IReadOnlyList<string> GrantTypesOf(RegistrationKind kind) =>
        kind is RegistrationKind.Open or RegistrationKind.Document ? ForUsers : LetIn;

    /// <summary>What an application asks for that needs a client certificate must work here.</summary>
    public static MetadataFault? CheckCertificate(ApplicationDraft draft, MutualTlsRules rules)
    {
        if (TokenEndpointAuthMethods.IsCertificate(draft.TokenEndpointAuthMethod) && !rules.Methods.Contains(draft.TokenEndpointAuthMethod))
            return MetadataFault.InvalidMetadata("token_endpoint_auth_method: this server takes no client certificate for it.");
        return draft.CertificateBoundAccessTokens && !rules.IsOn
            ? MetadataFault.InvalidMetadata("tls_client_certificate_bound_access_tokens: this server sees no client certificates.") : null;
    }

    /// <summary>
    /// Of the scopes that are allowed those that were asked for, or all when none was (RFC 7591 §2: the server decides). The scopes of OpenID
    /// Connect belong to no API and are not limited.
    /// </summary>
    /// <returns>Null when nothing remains of what was asked.</returns>
    public static ScopeSet? Choose(ScopeSet? asked, ScopeSet allowed)
    {
        if (asked is null || asked.Count == 0) return allowed;
        var chosen = asked.Intersect(allowed);
        return chosen.Count > 0 || asked.IsSubsetOf(IdentityScope.All) ? chosen : null;
    }

    /// <summary>Of the types of authorization details that are asked for those that the settings allow, or that API Support has given it before.</summary>
    public static ApplicationDraft LimitDetailsTypes(ApplicationDraft draft, RegistrationRules rules, IReadOnlyCollection<string>? given = null) => draft with
    {
        AuthorizationDetailsTypes = [.. draft.AuthorizationDetailsTypes.Where(type => rules.AuthorizationDetailsTypes.Contains(type, StringComparer.Ordinal) || given?.Contains(type) == true)],
    };
}
