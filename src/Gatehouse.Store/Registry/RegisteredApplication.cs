using System.Collections.Frozen;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Schemas;
using Gatehouse.Store.Signatures;

namespace Gatehouse.Store.Registry;

/// <summary>What the hot paths need to know of an application: an immutable copy of the store's truth.</summary>
public sealed class RegisteredApplication
{
    private readonly string[] _authMethods;

    internal RegisteredApplication(Application row)
    {
        Id = row.Id;
        OrganizationId = row.OrganizationId;
        Organization = row.Organization?.Slug ?? string.Empty;
        ClientId = row.ClientId;
        Name = row.Name;
        NameInHeaders = Uri.EscapeDataString(row.Name);
        IsActive = row.State == ApplicationState.Active;
        GrantTypes = row.GrantTypes.ToFrozenSet(StringComparer.Ordinal);
        TokenEndpointAuthMethod = row.TokenEndpointAuthMethod;
        _authMethods = row.TokenEndpointAuthMethod.Split(' ');
        RedirectUris = [.. row.RedirectUris];
        Keys = JwkSet.TryParse(row.Jwks, SignatureLibrary.Instance, out var keys) ? keys : JwkSet.Empty;
        JwksUri = row.JwksUri;
        FederatedIdentities = FederatedIdentity.ReadAll(row.FederatedIdentities);
        IsFapi = row.Fapi2SecurityProfile;
        RequirePushedAuthorizationRequests = row.RequirePushedAuthorizationRequests || IsFapi;
        DpopBoundAccessTokens = row.DpopBoundAccessTokens;
        CertificateBoundAccessTokens = row.CertificateBoundAccessTokens;
        CertificateSubject = CertificateSubject.Read(row.CertificateSubject);
        TokenExchangeSubjects = row.TokenExchangeSubjects.ToFrozenSet(StringComparer.Ordinal);
        TokenExchangeAudiences = [.. row.TokenExchangeAudiences];
        AuthorizationDetailsTypes = row.AuthorizationDetailsTypes.ToFrozenSet(StringComparer.Ordinal);
        UsesReferenceTokens = row.AccessTokenFormat == AccessTokenFormats.Reference;
        IdTokenSigningAlgorithm = row.IdTokenSignedResponseAlg;
        PostLogoutRedirectUris = [.. row.PostLogoutRedirectUris];
        BackchannelLogoutUri = row.BackchannelLogoutUri;
        IsApproved = row.Registration is null or { ApprovedAt: not null };
        IsUnused = row.Registration?.ExpiresAt is not null;
        ScopeLimit = row.Registration is { Scope: var limit } && ScopeSet.TryParse(limit, out var scope) ? scope : null;
        TokensNotBefore = row.TokensNotBefore;
        Secrets = [.. row.Secrets.Select(secret => new RegisteredSecret(secret))];
        Contracts = row.Contracts.ToFrozenDictionary(contract => contract.ApiId, contract => new RegisteredContract(contract));
    }

    public Guid Id { get; }

    public Guid OrganizationId { get; }

    /// <summary>The organization's slug.</summary>
    public string Organization { get; }

    public string ClientId { get; }

    public string Name { get; }

    /// <summary>The name in ASCII, percent-encoded where it must be.</summary>
    public string NameInHeaders { get; }

    public bool IsActive { get; }

    public FrozenSet<string> GrantTypes { get; }

    public string TokenEndpointAuthMethod { get; }

    /// <summary>Whether it may authenticate by this method.</summary>
    public bool AuthenticatesBy(string method) => Array.IndexOf(_authMethods, method) >= 0;

    /// <summary>True when nothing proves who it is (RFC 6749 §2.1).</summary>
    public bool IsPublic => TokenEndpointAuthMethod == TokenEndpointAuthMethods.None;

    public IReadOnlyList<string> RedirectUris { get; }

    /// <summary>The keys that it signs with.</summary>
    public JwkSet Keys { get; }

    /// <summary>Where it publishes the keys that it signs with; empty when they are registered by value.</summary>
    public string JwksUri { get; }

    /// <summary>By which assertions of trusted issuers a workload is this application.</summary>
    public IReadOnlyList<FederatedIdentity> FederatedIdentities { get; }

    /// <summary>Whether it is held to the FAPI 2.0 Security Profile.</summary>
    public bool IsFapi { get; }

    public bool RequirePushedAuthorizationRequests { get; }

    /// <summary>Whether each of its tokens is bound to a DPoP key.</summary>
    public bool DpopBoundAccessTokens { get; }

    /// <summary>Whether each of its tokens is bound to a client certificate.</summary>
    public bool CertificateBoundAccessTokens { get; }

    /// <summary>Whom its certificate names; null when it authenticates otherwise.</summary>
    public CertificateSubject? CertificateSubject { get; }

    /// <summary>The <c>client_id</c> of each other application whose tokens it may exchange.</summary>
    public FrozenSet<string> TokenExchangeSubjects { get; }

    /// <summary>The resource identifiers that it may exchange tokens for; empty: every one of its contracts.</summary>
    public IReadOnlyList<string> TokenExchangeAudiences { get; }

    /// <summary>The types of authorization details that it may use.</summary>
    public FrozenSet<string> AuthorizationDetailsTypes { get; }

    /// <summary>Whether its access tokens are references, whatever the API prefers.</summary>
    public bool UsesReferenceTokens { get; }

    /// <summary>How its ID tokens are signed.</summary>
    public string IdTokenSigningAlgorithm { get; }

    /// <summary>Where the browser may be sent after signing out.</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; }

    /// <summary>Where it is told that a session has ended; empty: nowhere.</summary>
    public string BackchannelLogoutUri { get; }

    /// <summary>Whether a person made or approved it. Nobody answers for the redirect URIs of one that is not.</summary>
    public bool IsApproved { get; }

    /// <summary>Whether it registered itself and has obtained no token yet.</summary>
    public bool IsUnused { get; }

    /// <summary>The scopes of APIs that it may obtain at most, whatever its contracts give; null: no limit.</summary>
    public ScopeSet? ScopeLimit { get; }

    /// <summary>Tokens whose <c>iat</c> lies before this second are dead.</summary>
    public long TokensNotBefore { get; }

    public IReadOnlyList<RegisteredSecret> Secrets { get; }

    /// <summary>By API.</summary>
    public FrozenDictionary<Guid, RegisteredContract> Contracts { get; }
}

/// <summary>A secret as the token endpoint compares it.</summary>
public sealed class RegisteredSecret
{
    private long _usedIn;

    internal RegisteredSecret(ApplicationSecret row) =>
        (Id, Verifier, ExpiresAt, RetiredAt) = (row.Id, row.Verifier, row.ExpiresAt, row.RetiredAt);

    public Guid Id { get; }

    public ReadOnlyMemory<byte> Verifier { get; }

    public DateTimeOffset? ExpiresAt { get; }

    public DateTimeOffset? RetiredAt { get; }

    /// <summary>Whether its use in this second is news: the token endpoint may see it thousands of times.</summary>
    internal bool IsFirstUseIn(long second) => Interlocked.Exchange(ref _usedIn, second) != second;
}

/// <summary>A contract as the hot paths see it.</summary>
public sealed class RegisteredContract
{
    internal RegisteredContract(Contract row)
    {
        ApiId = row.ApiId;
        State = row.State;
        Plan = row.Plan!.Slug;
        TokenLifetimeSeconds = row.Plan.TokenLifetimeSeconds;
    }

    public Guid ApiId { get; }

    public ContractState State { get; }

    public string Plan { get; }

    public int TokenLifetimeSeconds { get; }
}

/// <summary>An API as the hot paths see it.</summary>
public sealed class RegisteredApi
{
    internal RegisteredApi(Api row)
    {
        Id = row.Id;
        Slug = row.Slug;
        Name = row.Name;
        Resource = row.Resource;
        Scopes = ScopeSet.Of(row.Scopes.Select(scope => scope.Token).Order(StringComparer.Ordinal));
        Operations = [.. row.Operations.Select(operation => new RegisteredOperation(operation.Method, operation.PathTemplate, operation.Scope))];
        Upstream = row.Upstream;
        UsesReferenceTokens = row.AccessTokenFormat == AccessTokenFormats.Reference;
        SigningAlgorithm = row.AccessTokenSigningAlg;
        ResourceServers = row.ResourceServers.ToFrozenSet(StringComparer.Ordinal);
        DetailsTypes = row.DetailsTypes.ToFrozenDictionary(type => type.Type, type => new RegisteredDetailsType(type), StringComparer.Ordinal);
    }

    public Guid Id { get; }

    public string Slug { get; }

    public string Name { get; }

    public string Resource { get; }

    public ScopeSet Scopes { get; }

    public IReadOnlyList<RegisteredOperation> Operations { get; }

    public string? Upstream { get; }

    /// <summary>The types of authorization details that it understands.</summary>
    public FrozenDictionary<string, RegisteredDetailsType> DetailsTypes { get; }

    /// <summary>How access tokens for it are signed.</summary>
    public string SigningAlgorithm { get; }

    /// <summary>Whether access tokens for it are references.</summary>
    public bool UsesReferenceTokens { get; }

    /// <summary>The <c>client_id</c> of each application that may introspect tokens for this API.</summary>
    public FrozenSet<string> ResourceServers { get; }
}

/// <summary>A type of authorization details; its schema is made usable when it is first needed, which at a gateway is never.</summary>
public sealed class RegisteredDetailsType
{
    private readonly Lazy<DetailsSchema> _schema;

    internal RegisteredDetailsType(ApiDetailsType row) => _schema = new Lazy<DetailsSchema>(() => DetailsSchema.Of(row.Schema));

    /// <summary>Whether an object is one of this type.</summary>
    public bool Accepts(AuthorizationDetail detail) => _schema.Value.Matches(detail.Value);
}

/// <summary>A call of an API and the scope it needs (empty: none).</summary>
public sealed record RegisteredOperation(string Method, string PathTemplate, string Scope);
