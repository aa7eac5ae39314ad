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
    /// <summary>The lifetime of a token that opens what is known of the user and no API.</summary>
    private const int IdentityLifetimeSeconds = 3600;

    /// <summary>For an application that speaks for itself.</summary>
    public static OAuthFailure? Apply(string? requested, RegisteredApplication application, ApiSnapshot apis, out GrantedAccess? access) =>
        Decide(requested, granted: null, [], application, apis, out access);

    /// <summary>For an application that speaks for a user; there are the scopes of OpenID Connect too, when they are asked for.</summary>
    /// <param name="requested">The scope parameter.</param>
    /// <param name="granted">What the user granted before, which is never exceeded (RFC 6749 §6); null when the user is still to be asked.</param>
    /// <param name="application">The application.</param>
    /// <param name="apis">The published APIs.</param>
    /// <param name="access">What it obtains.</param>
    public static OAuthFailure? ApplyForUser(
        string? requested, ScopeSet? granted, RegisteredApplication application, ApiSnapshot apis, out GrantedAccess? access) =>
        Decide(requested, granted, IdentityScope.All, application, apis, out access);

    private static OAuthFailure? Decide(
        string? requested, ScopeSet? granted, IEnumerable<string> identity, RegisteredApplication application, ApiSnapshot apis, out GrantedAccess? access)
    {
        access = null;
        var contracts = application.Contracts.Values.Where(contract => contract.State == ContractState.Approved)
            .Select(contract => (Contract: contract, Api: apis.Find(contract.ApiId)))
            .Where(pair => pair.Api is not null).OrderBy(pair => pair.Api!.Slug, StringComparer.Ordinal).ToList();
        var scope = ScopeSet.Of(contracts.SelectMany(pair => pair.Api!.Scopes));
        var possible = identity.Any() ? ScopeSet.Of(scope.Concat(identity)) : scope;
        if (granted is not null) scope = granted.Intersect(possible); // A contract may have ended since the user consented.
        if (requested is not null)
        {
            if (!ScopeSet.TryParse(requested, out var asked) || asked.Count == 0) return OAuthFailure.MalformedScope;
            if (granted is not null && !asked.IsSubsetOf(granted)) return OAuthFailure.ScopeNotGranted(asked.Except(granted));
            if (contracts.Count == 0 && !asked.IsSubsetOf(possible)) return OAuthFailure.NoApprovedContract;
            if (!asked.IsSubsetOf(possible)) return OAuthFailure.ScopeNotContracted(asked.Except(possible));
            scope = asked;
        }
        // An API without scopes comes along only where no scope was asked for.
        if (requested is not null || granted is { Count: > 0 }) contracts.RemoveAll(pair => !pair.Api!.Scopes.Any(scope.Contains));
        else if (granted is not null) contracts.RemoveAll(pair => pair.Api!.Scopes.Count > 0);
        if (contracts.Count == 0 && !scope.Contains(IdentityScope.OpenId)) return OAuthFailure.NoApprovedContract;
        access = new GrantedAccess(scope, [.. contracts.Select(pair => pair.Api!.Resource)],
            contracts.Count == 0 ? IdentityLifetimeSeconds : contracts.Min(pair => pair.Contract.TokenLifetimeSeconds));
        return null;
    }
}
