using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;

namespace Gatehouse.Store.Operations;

/// <summary>What the creator of an application may say about it.</summary>
public sealed record ApplicationDraft(string Name)
{
    public string Description { get; init; } = string.Empty;

    public IReadOnlyList<string> GrantTypes { get; init; } = [GrantType.ClientCredentials];

    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    public string TokenEndpointAuthMethod { get; init; } = TokenEndpointAuthMethods.ClientSecret;

    public string Jwks { get; init; } = string.Empty;

    public string JwksUri { get; init; } = string.Empty;

    public IReadOnlyList<FederatedIdentity> FederatedIdentities { get; init; } = [];

    public bool RequirePushedAuthorizationRequests { get; init; }

    public bool DpopBoundAccessTokens { get; init; }

    public bool CertificateBoundAccessTokens { get; init; }

    /// <summary>Whom its certificate names: one for <c>tls_client_auth</c>, else none.</summary>
    public IReadOnlyList<CertificateSubject> CertificateSubjects { get; init; } = [];

    public bool Fapi2SecurityProfile { get; init; }

    public IReadOnlyList<string> TokenExchangeSubjects { get; init; } = [];

    public IReadOnlyList<string> TokenExchangeAudiences { get; init; } = [];

    public IReadOnlyList<string> AuthorizationDetailsTypes { get; init; } = [];

    public string AccessTokenFormat { get; init; } = AccessTokenFormats.Jwt;

    public string IdTokenSignedResponseAlg { get; init; } = SigningAlgorithms.Default;

    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    public string BackchannelLogoutUri { get; init; } = string.Empty;

    public bool BackchannelLogoutSessionRequired { get; init; }

    /// <summary>The plans to request contracts under, at most one of each API. Read at creation only: later, contracts have a life of their own.</summary>
    public IReadOnlyCollection<Guid> PlanIds { get; init; } = [];

    /// <summary>What an application is now: whoever changes a part of it begins with this.</summary>
    public static ApplicationDraft Of(Application row) => new(row.Name)
    {
        Description = row.Description, GrantTypes = row.GrantTypes, RedirectUris = row.RedirectUris,
        TokenEndpointAuthMethod = row.TokenEndpointAuthMethod, Jwks = row.Jwks, JwksUri = row.JwksUri,
        FederatedIdentities = FederatedIdentity.ReadAll(row.FederatedIdentities),
        RequirePushedAuthorizationRequests = row.RequirePushedAuthorizationRequests, DpopBoundAccessTokens = row.DpopBoundAccessTokens,
        CertificateBoundAccessTokens = row.CertificateBoundAccessTokens,
        CertificateSubjects = CertificateSubject.Read(row.CertificateSubject) is { } subject ? [subject] : [],
        TokenExchangeSubjects = row.TokenExchangeSubjects, TokenExchangeAudiences = row.TokenExchangeAudiences,
        AuthorizationDetailsTypes = row.AuthorizationDetailsTypes,
        Fapi2SecurityProfile = row.Fapi2SecurityProfile, AccessTokenFormat = row.AccessTokenFormat, IdTokenSignedResponseAlg = row.IdTokenSignedResponseAlg,
        PostLogoutRedirectUris = row.PostLogoutRedirectUris, BackchannelLogoutUri = row.BackchannelLogoutUri,
        BackchannelLogoutSessionRequired = row.BackchannelLogoutSessionRequired,
    };

    /// <summary>Makes an application what is said here.</summary>
    internal void ApplyTo(Application application)
    {
        application.Name = Name.Trim();
        application.Description = Description.Trim();
        application.GrantTypes = [.. GrantTypes];
        application.RedirectUris = [.. RedirectUris];
        application.TokenEndpointAuthMethod = TokenEndpointAuthMethod;
        application.Jwks = Jwks;
        application.JwksUri = JwksUri;
        application.FederatedIdentities = FederatedIdentity.WriteAll(FederatedIdentities);
        application.RequirePushedAuthorizationRequests = RequirePushedAuthorizationRequests;
        application.DpopBoundAccessTokens = DpopBoundAccessTokens;
        application.CertificateBoundAccessTokens = CertificateBoundAccessTokens;
        application.CertificateSubject = CertificateSubjects.SingleOrDefault()?.Write() ?? string.Empty;
        application.TokenExchangeSubjects = [.. TokenExchangeSubjects];
        application.TokenExchangeAudiences = [.. TokenExchangeAudiences];
        application.AuthorizationDetailsTypes = [.. AuthorizationDetailsTypes];
        application.Fapi2SecurityProfile = Fapi2SecurityProfile;
        application.AccessTokenFormat = AccessTokenFormat;
        application.IdTokenSignedResponseAlg = IdTokenSignedResponseAlg;
        application.PostLogoutRedirectUris = [.. PostLogoutRedirectUris];
        application.BackchannelLogoutUri = BackchannelLogoutUri;
        application.BackchannelLogoutSessionRequired = BackchannelLogoutSessionRequired;
    }
}

/// <summary>A new application and its first secret: the one moment at which the secret is in the clear without asking for it.</summary>
/// <param name="Application">The application.</param>
/// <param name="FirstSecret">Null when it proves who it is without a secret, or not at all.</param>
public sealed record CreatedApplication(Application Application, AddedSecret? FirstSecret)
{
    /// <exception cref="InvalidOperationException">There is no secret.</exception>
    public Guid SecretId => Existing.Row.Id;

    /// <exception cref="InvalidOperationException">There is no secret.</exception>
    public ClientSecret Secret => Existing.Secret;

    private AddedSecret Existing => FirstSecret ?? throw new InvalidOperationException("The application authenticates without a secret.");
}
