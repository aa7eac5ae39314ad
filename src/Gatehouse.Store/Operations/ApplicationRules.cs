using Gatehouse.Protocol.Authorization;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;

namespace Gatehouse.Store.Operations;

/// <summary>What an application's metadata must satisfy (RFC 7591 §2), whoever writes it.</summary>
internal static class ApplicationRules
{
    private const int MaxListed = 20;

    public static (string Field, string Message)? Check(ApplicationDraft draft)
    {
        if (CheckAbout(draft.Name, draft.Description) is { } aboutFault) return aboutFault;
        if (draft.GrantTypes.FirstOrDefault(grant => !GrantType.All.Contains(grant)) is { } grant)
            return ("grant_types", $"'{Printable(grant)}' is not a grant type this server offers. Offered: {string.Join(", ", GrantType.All)}.");
        if (CheckAuthentication(draft) is { } fault) return fault;
        if (draft.RedirectUris.Count > MaxListed) return ("redirect_uris", $"Give at most {MaxListed} redirect URIs.");
        if (draft.RedirectUris.FirstOrDefault(uri => !RedirectUri.IsAcceptable(uri)) is { } bad)
            return ("redirect_uris", $"'{Printable(bad)}' must be an absolute https URI without a fragment (http only for 127.0.0.1, [::1] and localhost; or a scheme with a dot, of a native application).");
        if (draft.RedirectUris.Count == 0 && draft.GrantTypes.Contains(GrantType.AuthorizationCode))
            return ("redirect_uris", "The grant type authorization_code needs at least one redirect URI.");
        if (!AreNames(draft.TokenExchangeSubjects, Application.MaxClientIdLength))
            return ("token_exchange_subjects", $"Give the client_id of up to {MaxListed} applications.");
        if (!AreNames(draft.TokenExchangeAudiences, ApiRules.MaxResourceLength))
            return ("token_exchange_audiences", $"Give up to {MaxListed} resource identifiers.");
        if (!AreNames(draft.AuthorizationDetailsTypes, ApiDetailsType.MaxTypeLength))
            return ("authorization_details_types", $"Give up to {MaxListed} types of authorization details.");
        if (!AccessTokenFormats.IsKnown(draft.AccessTokenFormat)) return ("access_token_format", "The formats are jwt and reference.");
        if (!SigningAlgorithms.IsKnown(draft.IdTokenSignedResponseAlg)) return ("id_token_signed_response_alg", $"Offered: {string.Join(", ", SigningAlgorithms.All)}.");
        if (draft.JwksUri.Length > 0 && !NetworkReach.IsFetchable(draft.JwksUri)) return ("jwks_uri", "Give an https URL of up to 512 characters.");
        if (draft.JwksUri.Length > 0 && draft.Jwks.Length > 0) return ("jwks_uri", "Give jwks or jwks_uri, not both (RFC 7591 §2).");
        if (CheckLogout(draft) is { } logoutFault) return logoutFault;
        if (CheckFederation(draft) is { } federationFault) return ("federated_identities", federationFault);
        if (draft.Fapi2SecurityProfile && CheckFapi(draft) is { } fapiFault) return ("fapi2_security_profile", fapiFault);
        return JwksRules.Check(draft.Jwks) is { } jwksFault ? ("jwks", jwksFault) : null;
    }

    public static (string Field, string Message)? CheckAbout(string name, string description)
    {
        if (name.Trim().Length is 0 or > 128) return ("client_name", "Give a name of 1 to 128 characters.");
        if (UnseenCharacters.AreIn(name)) return ("client_name", "The name must not contain characters that nobody sees.");
        if (description.Length > 1000) return ("description", "The description may have up to 1000 characters.");
        // PostgreSQL stores no NUL in a text.
        return description.Contains('\0', StringComparison.Ordinal) ? ("description", "The description must not contain NUL.") : null;
    }

    private static (string Field, string Message)? CheckAuthentication(ApplicationDraft draft)
    {
        if (!TokenEndpointAuthMethods.IsSupported(draft.TokenEndpointAuthMethod))
            return ("token_endpoint_auth_method",
                "Offered: client_secret_basic, client_secret_post, private_key_jwt, tls_client_auth, self_signed_tls_client_auth, none; leave it out to allow both ways to send a secret.");
        // RFC 6749 §4.4: only a confidential client may speak for itself.
        if (draft.TokenEndpointAuthMethod == TokenEndpointAuthMethods.None
            && draft.GrantTypes.FirstOrDefault(grant => grant is GrantType.ClientCredentials or GrantType.TokenExchange) is { } proving)
            return ("grant_types", $"An application that does not authenticate cannot use {proving}.");
        return draft.TokenEndpointAuthMethod is TokenEndpointAuthMethods.PrivateKeyJwt or TokenEndpointAuthMethods.SelfSignedTlsClientAuth
            && draft.Jwks.Length + draft.JwksUri.Length == 0
            ? ("jwks", $"The method {draft.TokenEndpointAuthMethod} needs the public keys of the application, by jwks or jwks_uri.")
            : CheckCertificate(draft);
    }

    // RFC 8705 §2.1.2: exactly one name, and none where no authority vouches for it.
    private static (string Field, string Message)? CheckCertificate(ApplicationDraft draft)
    {
        var (isPki, subjects) = (draft.TokenEndpointAuthMethod == TokenEndpointAuthMethods.TlsClientAuth, draft.CertificateSubjects);
        if (isPki && subjects.Count != 1)
            return (CertificateSubject.Members[0], $"The method tls_client_auth needs exactly one of {string.Join(", ", CertificateSubject.Members)}.");
        if (!isPki && subjects.Count > 0) return (subjects[0].Member, "This belongs to the token_endpoint_auth_method tls_client_auth.");
        if (subjects is [var subject, ..] && subject.Fault() is { } fault) return (subject.Member, fault);
        return draft is { DpopBoundAccessTokens: true, CertificateBoundAccessTokens: true }
            ? ("tls_client_certificate_bound_access_tokens", "A token is bound to one key: choose this or dpop_bound_access_tokens.") : null;
    }

    private static (string Field, string Message)? CheckLogout(ApplicationDraft draft)
    {
        if (draft.PostLogoutRedirectUris.Count > MaxListed) return ("post_logout_redirect_uris", $"Give at most {MaxListed} URIs.");
        if (draft.PostLogoutRedirectUris.FirstOrDefault(uri => !RedirectUri.IsAcceptable(uri)) is { } bad)
            return ("post_logout_redirect_uris", $"'{Printable(bad)}' must be an absolute https URI without a fragment (http only for 127.0.0.1, [::1] and localhost; or a scheme with a dot, of a native application).");
        if (draft.BackchannelLogoutUri.Length > 0 && !NetworkReach.IsFetchable(draft.BackchannelLogoutUri))
            return ("backchannel_logout_uri", "Give an https URL of up to 512 characters, without a fragment.");
        return draft.BackchannelLogoutSessionRequired && draft.BackchannelLogoutUri.Length == 0
            ? ("backchannel_logout_session_required", "This needs a backchannel_logout_uri.") : null;
    }

    // FAPI 2.0 Security Profile §5.3.2.1, §5.3.2.2, §5.4.1.
    private static string? CheckFapi(ApplicationDraft draft)
    {
        if (draft.TokenEndpointAuthMethod != TokenEndpointAuthMethods.PrivateKeyJwt && !TokenEndpointAuthMethods.IsCertificate(draft.TokenEndpointAuthMethod))
            return "The profile needs the token_endpoint_auth_method private_key_jwt, tls_client_auth or self_signed_tls_client_auth.";
        if (draft.RedirectUris.Any(uri => !uri.StartsWith("https://", StringComparison.Ordinal))) return "The profile needs https redirect URIs.";
        return SigningAlgorithms.Fapi.Contains(draft.IdTokenSignedResponseAlg) ? null : $"The profile takes {string.Join(" and ", SigningAlgorithms.Fapi)} for ID tokens.";
    }

    private static string? CheckFederation(ApplicationDraft draft)
    {
        var rules = draft.FederatedIdentities;
        if (rules.Count > FederatedIdentity.MaxRules) return $"Give at most {FederatedIdentity.MaxRules} rules.";
        if (rules.Count == 0 && draft.GrantTypes.Contains(GrantType.JwtBearer)) return "The grant type jwt-bearer needs at least one rule.";
        foreach (var rule in rules)
        {
            if (rule.Issuer.Length is 0 or > 512 || rule.Subject.Length is 0 or > 512 || rule.Audience?.Length is 0 or > 512)
                return "Give issuer, subject and audience 1 to 512 characters.";
            if (!NetworkReach.IsFetchable(rule.JwksUri)) return "Give as jwks_uri an https URL of up to 512 characters.";
            if (rule.Subject.IndexOf('*', StringComparison.Ordinal) is >= 0 and var star && star != rule.Subject.Length - 1)
                return "A subject may have one '*', at its end.";
            if (rule.Subject == "*" && rule.Claims is not { Count: > 0 }) return "The subject '*' alone would let in everybody whom the issuer knows. Add claims.";
            if (rule.Claims?.Count > MaxListed || rule.Claims?.Any(claim => claim.Key.Length is 0 or > 128 || claim.Value is not { Length: <= 512 }) == true)
                return $"Give at most {MaxListed} claims, with names of up to 128 and texts of up to 512 characters.";
        }
        return null;
    }

    private static bool AreNames(IReadOnlyList<string> names, int maxLength) =>
        names.Count <= MaxListed && names.All(name => name.Length > 0 && name.Length <= maxLength && !name.Any(char.IsControl));

    private static string Printable(string text) => string.Concat(text.Where(c => !char.IsControl(c)).Take(64));
}
