using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>What a token may say about access: scopes, the APIs that own them, and how long.</summary>
public sealed record GrantedAccess(ScopeSet Scope, IReadOnlyList<string> Audience, int LifetimeSeconds);

/// <summary>What is asked for, and within which bounds.</summary>
/// <param name="Scope">The scope parameter; null: all that there is.</param>
/// <param name="Resources">The resource parameters (RFC 8707 §2); empty: every API of the scopes.</param>
public readonly record struct AccessRequest(string? Scope, IReadOnlyList<string> Resources)
{
    /// <summary>Whether the token speaks for a user: then there are the scopes of OpenID Connect too.</summary>
    public bool IsForUser { get; init; }

    /// <summary>The authorization details that the token is to carry: their APIs come along.</summary>
    public AuthorizationDetails Details { get; init; } = AuthorizationDetails.None;

    /// <summary>What was granted before, which is never exceeded (RFC 6749 §6); null when nothing was.</summary>
    public ScopeSet? Granted { get; init; }

    /// <summary>The resources that were granted before; empty: every one.</summary>
    public IReadOnlyList<string> GrantedResources { get; init; } = [];

    /// <summary>Whether a token is presented whose audience the granted resources are, as in an exchange.</summary>
    public bool IsForToken { get; init; }

    /// <summary>Whether nothing but the scope is asked for, by an application that speaks for itself: the usual case.</summary>
    public bool IsPlain => !IsForUser && !IsForToken && Granted is null && Resources.Count + GrantedResources.Count + Details.Count == 0;
}

/// <summary>
/// Which scopes an application obtains (RFC 6749 §3.3): those that its approved contracts give. Nothing asked means all of them; asking for
/// one that no contract gives is an error, never a silent cut. Naming resources narrows that to the scopes of theirs (RFC 8707 §2.2).
/// </summary>
internal static class ScopePolicy
{
    /// <summary>The lifetime of a token that opens what is known of the user and no API.</summary>
    private const int IdentityLifetimeSeconds = 3600;

    public static OAuthFailure? Apply(AccessRequest request, RegisteredApplication application, ApiSnapshot apis, out GrantedAccess? access)
    {
        if (!request.IsPlain) return Decide(request, application, apis, out access);
        var decided = DecidedAccess.Of(application, apis);
        if (decided.TryGet(request.Scope, out access)) return null;
        var failure = Decide(request, application, apis, out access);
        if (failure is null) decided.Remember(request.Scope, access!);
        return failure;
    }

    private static OAuthFailure? Decide(AccessRequest request, RegisteredApplication application, ApiSnapshot apis, out GrantedAccess? access)
    {
        access = null;

        // 1. What is possible: the scopes of the approved contracts, and those of OpenID Connect.
        var granted = request.Granted;
        var contracts = ContractsOf(application, apis);
        if (request.IsForUser) contracts.RemoveAll(pair => pair.Api!.Scopes.Contains(AdminScope.Name)); // No user can give what opens the Admin API.
        var scope = ScopeSet.Of(contracts.SelectMany(pair => pair.Api!.Scopes));
        if (application.ScopeLimit is { } most) scope = scope.Intersect(most);
        var possible = request.IsForUser ? ScopeSet.Of(scope.Concat(IdentityScope.All)) : scope;
        // Whoever asks for details and names no scope wants what they say and nothing else.
        if (granted is null && request.Details.Count > 0) scope = ScopeSet.Empty;
        if (granted is not null) scope = granted.Intersect(possible); // A contract may have ended since the user consented.

        // 2. What is asked for must be possible.
        if (request.Scope is not null)
        {
            if (!ScopeSet.TryParse(request.Scope, out var asked) || asked.Count == 0) return OAuthFailure.MalformedScope;
            if (granted is not null && !asked.IsSubsetOf(granted)) return OAuthFailure.ScopeNotGranted(asked.Except(granted));
            if (contracts.Count == 0 && !asked.IsSubsetOf(possible)) return OAuthFailure.NoApprovedContract;
            if (!asked.IsSubsetOf(possible)) return OAuthFailure.ScopeNotContracted(asked.Except(possible));
            scope = asked;
        }

        // 3. The resources that are named must be possible too, and leave of the scopes those of theirs.
        if (request.GrantedResources.Count > 0) contracts.RemoveAll(pair => !request.GrantedResources.Contains(pair.Api!.Resource, StringComparer.Ordinal));
        if (request.Resources.Count > 0)
        {
            if (request.Resources.Except(contracts.Select(pair => pair.Api!.Resource), StringComparer.Ordinal).Any()) return OAuthFailure.UnknownResource;
            contracts.RemoveAll(pair => !request.Resources.Contains(pair.Api!.Resource, StringComparer.Ordinal));
        }
        if (request.Resources.Count + request.GrantedResources.Count > 0)
            scope = scope.Intersect(ScopeSet.Of(contracts.SelectMany(pair => pair.Api!.Scopes).Concat(IdentityScope.All)));

        // 4. An API without scopes comes along only where nothing was asked for, and never for a user: the consent page shows scopes and details,
        //    so nobody has allowed it. The audience of a presented token says which of them it opened.
        if (request.Scope is not null || granted is { Count: > 0 } || request.Details.Count > 0 || (request.IsForUser && !request.IsForToken))
            contracts.RemoveAll(pair => !pair.Api!.Scopes.Any(scope.Contains) && !request.Details.All.Any(detail => pair.Api.DetailsTypes.ContainsKey(detail.Type)));
        else if (granted is not null) contracts.RemoveAll(pair => pair.Api!.Scopes.Count > 0);
        if (contracts.Count == 0 && request.Resources.Count > 0) return OAuthFailure.NoScopeOfResource;
        if (contracts.Count == 0 && !scope.Contains(IdentityScope.OpenId)) return OAuthFailure.NoApprovedContract;
        access = new GrantedAccess(scope, [.. contracts.Select(pair => pair.Api!.Resource)],
            contracts.Count == 0 ? IdentityLifetimeSeconds : contracts.Min(pair => pair.Contract.TokenLifetimeSeconds));
        return null;
    }

    /// <summary>The approved contracts with their APIs, as far as the application may use them.</summary>
    public static List<(RegisteredContract Contract, RegisteredApi? Api)> ContractsOf(RegisteredApplication application, ApiSnapshot apis)
    {
        var contracts = application.Contracts.Values.Where(contract => contract.State == ContractState.Approved)
            .Select(contract => (Contract: contract, Api: apis.Find(contract.ApiId)))
            .Where(pair => pair.Api is not null).OrderBy(pair => pair.Api!.Slug, StringComparer.Ordinal).ToList();
        if (application.ScopeLimit is { } limit) contracts.RemoveAll(pair => pair.Api!.Scopes.Count > 0 && !pair.Api.Scopes.Any(limit.Contains));
        return contracts;
    }
}
