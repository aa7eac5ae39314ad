using Gatehouse.Store.Database;
using Gatehouse.Store.Model;

namespace Gatehouse.Store.Registry;

/// <summary>
/// Reads what the hot paths need to know of an application by one statement, each table by its index: this is what the first token of an
/// application costs that is not in memory.
/// </summary>
internal static class ApplicationStatement
{
    private const string Text = """
        SELECT a."Id", a."OrganizationId", o."Slug", a."ClientId", a."Name", a."State", a."GrantTypes", a."TokenEndpointAuthMethod", a."RedirectUris",
            a."Jwks", a."JwksUri", a."FederatedIdentities", a."Fapi2SecurityProfile", a."RequirePushedAuthorizationRequests", a."DpopBoundAccessTokens",
            a."CertificateBoundAccessTokens", a."CertificateSubject", a."TokenExchangeSubjects", a."TokenExchangeAudiences", a."AuthorizationDetailsTypes",
            a."AccessTokenFormat", a."IdTokenSignedResponseAlg", a."PostLogoutRedirectUris", a."BackchannelLogoutUri", a."TokensNotBefore",
            r."ApplicationId", r."ApprovedAt", r."ExpiresAt", r."Scope",
            s."Id", s."Verifier", s."ExpiresAt", s."RetiredAt",
            c."ApiId", c."State", p."Slug", p."TokenLifetimeSeconds"
        FROM "Applications" AS a
        JOIN "Organizations" AS o ON o."Id" = a."OrganizationId"
        LEFT JOIN "DynamicRegistrations" AS r ON r."ApplicationId" = a."Id"
        LEFT JOIN "ApplicationSecrets" AS s ON s."ApplicationId" = a."Id"
        LEFT JOIN "Contracts" AS c ON c."ApplicationId" = a."Id"
        LEFT JOIN "Plans" AS p ON p."Id" = c."PlanId"
        WHERE a."ClientId" = @0
        """;

    // The places of the columns at which each table's begin.
    private const int Registration = 25;
    private const int Secret = 29;
    private const int ContractAndPlan = 33;

    /// <returns>Without the ids of contracts and plans; null when there is none.</returns>
    public static async Task<Application?> ReadAsync(StoreConnection connection, string clientId)
    {
        Application? found = null;
        var (secrets, contracts) = (new HashSet<Guid>(), new HashSet<Guid>());
        await connection.ForEachAsync(Text, row =>
        {
            found ??= ReadApplication(row);
            // Every secret comes with every contract.
            if (!row.IsNull(Secret) && secrets.Add(row.Id(Secret))) found.Secrets.Add(ReadSecret(row));
            if (!row.IsNull(ContractAndPlan) && contracts.Add(row.Id(ContractAndPlan))) found.Contracts.Add(ReadContract(row));
        }, CancellationToken.None, clientId);
        return found;
    }

    private static Application ReadApplication(StoreRow row) => new()
    {
        Id = row.Id(0),
        OrganizationId = row.Id(1),
        Organization = new Organization { Id = row.Id(1), Slug = row.Text(2), Name = string.Empty },
        ClientId = row.Text(3),
        Name = row.Text(4),
        State = row.Name<ApplicationState>(5),
        GrantTypes = row.Texts(6),
        TokenEndpointAuthMethod = row.Text(7),
        RedirectUris = row.Texts(8),
        Jwks = row.Text(9),
        JwksUri = row.Text(10),
        FederatedIdentities = row.Text(11),
        Fapi2SecurityProfile = row.Flag(12),
        RequirePushedAuthorizationRequests = row.Flag(13),
        DpopBoundAccessTokens = row.Flag(14),
        CertificateBoundAccessTokens = row.Flag(15),
        CertificateSubject = row.Text(16),
        TokenExchangeSubjects = row.Texts(17),
        TokenExchangeAudiences = row.Texts(18),
        AuthorizationDetailsTypes = row.Texts(19),
        AccessTokenFormat = row.Text(20),
        IdTokenSignedResponseAlg = row.Text(21),
        PostLogoutRedirectUris = row.Texts(22),
        BackchannelLogoutUri = row.Text(23),
        TokensNotBefore = row.Number(24),
        Registration = row.IsNull(Registration) ? null : ReadRegistration(row),
    };

    private static DynamicRegistration ReadRegistration(StoreRow row) => new()
    {
        ApprovedAt = row.InstantOrNull(Registration + 1), ExpiresAt = row.InstantOrNull(Registration + 2),
        Scope = row.Text(Registration + 3), AllowedScope = string.Empty,
    };

    private static ApplicationSecret ReadSecret(StoreRow row) => new()
    {
        Id = row.Id(Secret), Verifier = row.Bytes(Secret + 1), ExpiresAt = row.InstantOrNull(Secret + 2), RetiredAt = row.InstantOrNull(Secret + 3),
    };

    private static Contract ReadContract(StoreRow row) => new()
    {
        Id = Guid.Empty, ApiId = row.Id(ContractAndPlan), State = row.Name<ContractState>(ContractAndPlan + 1),
        Plan = new Plan { Id = Guid.Empty, Slug = row.Text(ContractAndPlan + 2), Name = string.Empty, TokenLifetimeSeconds = (int)row.Number(ContractAndPlan + 3) },
    };
}
