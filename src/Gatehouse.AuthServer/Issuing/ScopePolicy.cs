using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>What a token may say about access: scopes, the APIs that own them, and how long.</summary>
public sealed record GrantedAccess(ScopeSet Scope, IReadOnlyList<string> Audience, int LifetimeSeconds);

/// <summary>
/// Which scopes an application obtains (RFC 6749 §3.3): those that its approved contracts give. Nothing asked means all of them; asking for
/// one that no contract gives is an error, never a silent cut.
/// </summary>
internal static class ScopePolicy
{
    /// <param name="requested">The scope parameter.</param>
    /// <param name="granted">What a user granted before, which is never exceeded (RFC 6749 §6); null when the application speaks for itself.</param>
    /// <param name="application">The application.</param>
    /// <param name="apis">The published APIs.</param>
    /// <param name="access">What it obtains.</param>
    public static OAuthFailure? Apply(
        string? requested, ScopeSet? granted, RegisteredApplication application, ApiSnapshot apis, out GrantedAccess? access)
    {
        access = null;
        var contracts = application.Contracts.Values.Where(contract => contract.State == ContractState.Approved)
            .Select(contract => (Contract: contract, Api: apis.Find(contract.ApiId)))
            .Where(pair => pair.Api is not null).OrderBy(pair => pair.Api!.Slug, StringComparer.Ordinal).ToList();
        if (contracts.Count == 0) return OAuthFailure.NoApprovedContract;
        var scope = ScopeSet.Of(contracts.SelectMany(pair => pair.Api!.Scopes));
        if (granted is not null) scope = granted.Intersect(scope); // A contract may have ended since the user consented.
        if (requested is not null)
        {
            if (!ScopeSet.TryParse(requested, out var asked) || asked.Count == 0) return OAuthFailure.MalformedScope;
            if (granted is not null && !asked.IsSubsetOf(granted)) return OAuthFailure.ScopeNotGranted(asked.Except(granted));
            if (!asked.IsSubsetOf(scope)) return OAuthFailure.ScopeNotContracted(asked.Except(scope));
            scope = asked;
        }
        if (requested is not null || granted is not null) contracts.RemoveAll(pair => !pair.Api!.Scopes.Any(scope.Contains));
        if (contracts.Count == 0) return OAuthFailure.NoApprovedContract;
        access = new GrantedAccess(
            scope, [.. contracts.Select(pair => pair.Api!.Resource)], contracts.Min(pair => pair.Contract.TokenLifetimeSeconds));
        return null;
    }
}
