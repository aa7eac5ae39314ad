using System.Text.Json;
using Gatehouse.Admin.Access;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Admin.Applications;

/// <summary>Between the words of RFC 7591 and the store's.</summary>
internal static class ApplicationMapping
{
    public static ApplicationDraft ToDraft(this ApplicationRequest request) => new(request.ClientName)
    {
        Description = request.Description ?? string.Empty,
        GrantTypes = request.GrantTypes ?? [GrantType.ClientCredentials],
        RedirectUris = request.RedirectUris ?? [],
        TokenEndpointAuthMethod = request.TokenEndpointAuthMethod ?? TokenEndpointAuthMethods.ClientSecret,
        Jwks = request.Jwks?.GetRawText() ?? string.Empty,
        JwksUri = request.JwksUri ?? string.Empty,
        FederatedIdentities = request.FederatedIdentities ?? [],
        RequirePushedAuthorizationRequests = request.RequirePushedAuthorizationRequests,
        DpopBoundAccessTokens = request.DpopBoundAccessTokens,
        CertificateBoundAccessTokens = request.CertificateBoundAccessTokens,
        CertificateSubjects = Subjects(request),
        Fapi2SecurityProfile = request.Fapi2SecurityProfile,
        TokenExchangeSubjects = request.TokenExchangeSubjects ?? [],
        TokenExchangeAudiences = request.TokenExchangeAudiences ?? [],
        AuthorizationDetailsTypes = request.AuthorizationDetailsTypes ?? [],
        AccessTokenFormat = request.AccessTokenFormat ?? AccessTokenFormats.Jwt,
        IdTokenSignedResponseAlg = request.IdTokenSignedResponseAlg ?? SigningAlgorithms.Default,
        PostLogoutRedirectUris = request.PostLogoutRedirectUris ?? [],
        BackchannelLogoutUri = request.BackchannelLogoutUri ?? string.Empty,
        BackchannelLogoutSessionRequired = request.BackchannelLogoutSessionRequired,
    };

    /// <summary>What <see cref="ToBody"/> needs.</summary>
    public static IQueryable<Application> WithContracts(this IQueryable<Application> applications) => applications.AsSplitQuery()
        .Include(row => row.Registration)
        .Include(row => row.Contracts).ThenInclude(contract => contract.Plan)
        .Include(row => row.Contracts).ThenInclude(contract => contract.Api).ThenInclude(api => api!.Scopes);

    public static async Task<ApplicationBody?> ReadBodyAsync(this Tenant tenant, string clientId, CancellationToken cancellation) =>
        await tenant.Applications.WithContracts().SingleOrDefaultAsync(row => row.ClientId == clientId, cancellation) is { } row ? row.ToBody() : null;

    public static ApplicationBody ToBody(this Application row) => new()
    {
        ClientId = row.ClientId, ClientName = row.Name, Description = row.Description, State = row.State,
        GrantTypes = row.GrantTypes, RedirectUris = row.RedirectUris,
        TokenEndpointAuthMethod = row.TokenEndpointAuthMethod == TokenEndpointAuthMethods.ClientSecret ? null : row.TokenEndpointAuthMethod,
        Jwks = row.Jwks.Length == 0 ? null : JsonSerializer.Deserialize(row.Jwks, ApplicationJson.Default.JsonElement),
        JwksUri = row.JwksUri.Length == 0 ? null : row.JwksUri,
        FederatedIdentities = FederatedIdentity.ReadAll(row.FederatedIdentities),
        RequirePushedAuthorizationRequests = row.RequirePushedAuthorizationRequests, DpopBoundAccessTokens = row.DpopBoundAccessTokens,
        CertificateBoundAccessTokens = row.CertificateBoundAccessTokens,
        TlsClientAuthSubjectDn = SubjectOf(row, CertificateSubjectKind.DistinguishedName), TlsClientAuthSanDns = SubjectOf(row, CertificateSubjectKind.DnsName),
        TlsClientAuthSanUri = SubjectOf(row, CertificateSubjectKind.Uri), TlsClientAuthSanIp = SubjectOf(row, CertificateSubjectKind.IpAddress),
        TlsClientAuthSanEmail = SubjectOf(row, CertificateSubjectKind.Email),
        Fapi2SecurityProfile = row.Fapi2SecurityProfile,
        TokenExchangeSubjects = row.TokenExchangeSubjects, TokenExchangeAudiences = row.TokenExchangeAudiences, AccessTokenFormat = row.AccessTokenFormat,
        AuthorizationDetailsTypes = row.AuthorizationDetailsTypes, IdTokenSignedResponseAlg = row.IdTokenSignedResponseAlg,
        PostLogoutRedirectUris = row.PostLogoutRedirectUris, BackchannelLogoutUri = row.BackchannelLogoutUri.Length == 0 ? null : row.BackchannelLogoutUri,
        BackchannelLogoutSessionRequired = row.BackchannelLogoutSessionRequired,
        Scope = string.Join(' ', row.Contracts.Where(contract => contract.State == ContractState.Approved)
            .SelectMany(contract => contract.Api!.Scopes).Select(scope => scope.Token).Where(scope => IsWithin(scope, row.Registration)).Order(StringComparer.Ordinal)),
        Apis = [.. row.Contracts.OrderBy(contract => contract.Api!.Slug, StringComparer.Ordinal).Select(ToApi)],
        Registration = row.Registration is { } made ? new() { Kind = made.Kind, ApprovedAt = made.ApprovedAt, ExpiresAt = made.ExpiresAt } : null,
        ClientIdIssuedAt = row.CreatedAt.ToUnixTimeSeconds(),
    };

    private static IReadOnlyList<CertificateSubject> Subjects(ApplicationRequest request)
    {
        string?[] values = // In the order of the members.
        [
            request.TlsClientAuthSubjectDn, request.TlsClientAuthSanDns, request.TlsClientAuthSanUri, request.TlsClientAuthSanIp,
            request.TlsClientAuthSanEmail,
        ];
        return CertificateSubject.Collect(member => values[CertificateSubject.Members.Index().Single(one => one.Item == member).Index]);
    }

    private static string? SubjectOf(Application row, CertificateSubjectKind kind) =>
        CertificateSubject.Read(row.CertificateSubject) is { } subject && subject.Kind == kind ? subject.Value : null;

    private static bool IsWithin(string scope, DynamicRegistration? registration) =>
        registration is null || registration.Scope.Split(' ').Contains(scope, StringComparer.Ordinal);

    private static ApplicationApi ToApi(Contract contract) => new()
    {
        ContractId = contract.Id, Api = contract.Api!.Slug, Plan = contract.Plan!.Slug, State = contract.State,
    };
}
