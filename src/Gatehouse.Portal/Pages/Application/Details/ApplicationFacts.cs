using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Application.Details;

internal sealed record ContractRow(Guid ApiId, string ApiSlug, string Api, string Plan, ContractState State, DateTimeOffset Since);

internal sealed record ProblemRow(DateTimeOffset At, string TraceId, string Code, string Cause);

/// <summary>What the page reads beside the application and its secrets.</summary>
internal sealed class ApplicationFacts
{
    private const int MaxProblems = 20;

    public required IReadOnlyList<ContractRow> Contracts { get; init; }

    public required IReadOnlyList<ProblemRow> Problems { get; init; }

    public required string AuthMethod { get; init; }

    public required IReadOnlyList<string> GrantTypes { get; init; }

    /// <summary>The APIs that it may exchange tokens for; empty: all that it has a contract for.</summary>
    public required IReadOnlyList<string> ExchangeAudiences { get; init; }

    /// <summary>Its tokens are bound to a DPoP key: each of its requests carries a proof that is signed anew (RFC 9449 §4).</summary>
    public required bool ProvesKey { get; init; }

    /// <summary>Its tokens are bound to the certificate of the connection (RFC 8705 §3), which an API is shown too.</summary>
    public required bool IsBoundToCertificate { get; init; }

    /// <summary>The token endpoint is shown a certificate.</summary>
    public bool ShowsCertificate => IsBoundToCertificate || TokenEndpointAuthMethods.IsCertificate(AuthMethod);

    /// <summary>A call that the application may make, or could make once its contract is approved.</summary>
    public required SampleCall? Call { get; init; }

    public bool MayCall => Contracts.Any(row => row.State == ContractState.Approved);

    public static async Task<ApplicationFacts> ReadAsync(
        GatehouseDb db, Guid applicationId, PortalOptions options, CancellationToken cancellation)
    {
        var contracts = await db.Contracts.AsNoTracking().Where(row => row.ApplicationId == applicationId).OrderBy(row => row.Api!.Name)
            .Select(row => new ContractRow(
                row.ApiId, row.Api!.Slug, row.Api.Name, row.Plan!.Name, row.State, row.DecidedAt ?? row.RequestedAt))
            .ToListAsync(cancellation);
        var application = await db.Applications.AsNoTracking().Where(row => row.Id == applicationId)
            .Select(row => new
            {
                row.TokenEndpointAuthMethod, row.GrantTypes, row.TokenExchangeAudiences, row.DpopBoundAccessTokens, row.CertificateBoundAccessTokens,
                row.Fapi2SecurityProfile,
            }).SingleAsync(cancellation);
        // FAPI 2.0 §5.3.2.1: no bearer tokens; who authenticates by a certificate binds them to it, and others prove a key.
        var isBound = application.CertificateBoundAccessTokens || (application.Fapi2SecurityProfile
            && !application.DpopBoundAccessTokens && TokenEndpointAuthMethods.IsCertificate(application.TokenEndpointAuthMethod));
        return new ApplicationFacts
        {
            Contracts = contracts,
            Problems = await db.Problems.AsNoTracking().Where(row => row.ApplicationId == applicationId)
                .OrderByDescending(row => row.At).ThenByDescending(row => row.Id).Take(MaxProblems)
                .Select(row => new ProblemRow(row.At, row.TraceId, row.Code, row.Cause)).ToListAsync(cancellation),
            AuthMethod = application.TokenEndpointAuthMethod, GrantTypes = application.GrantTypes,
            ExchangeAudiences = application.TokenExchangeAudiences,
            IsBoundToCertificate = isBound, ProvesKey = application.DpopBoundAccessTokens || (application.Fapi2SecurityProfile && !isBound),
            Call = await FindCallAsync(db, contracts, options, cancellation),
        };
    }

    private static async Task<SampleCall?> FindCallAsync(
        GatehouseDb db, IReadOnlyList<ContractRow> contracts, PortalOptions options, CancellationToken cancellation)
    {
        var best = contracts.Where(row => row.State != ContractState.Revoked)
            .OrderBy(row => row.State == ContractState.Approved ? 0 : 1).FirstOrDefault();
        if (best is null) return null;
        if (options.SampleCalls.TryGetValue(best.ApiSlug, out var sample)) return sample;
        return await db.Set<ApiOperation>().AsNoTracking().Where(row => row.ApiId == best.ApiId)
            .OrderBy(row => row.Method == "GET" ? 0 : 1).ThenBy(row => row.PathTemplate)
            .Select(row => new SampleCall(row.Method, row.PathTemplate, null)).FirstOrDefaultAsync(cancellation);
    }
}
