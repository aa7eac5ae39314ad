using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Store.Model;

namespace Gatehouse.Store.Registry;

/// <summary>Why a token whose signature, issuer and times hold does not open this API at this moment.</summary>
public enum AccessFailure
{
    None,

    /// <summary>The store could not be asked: 503, never a verdict about the token.</summary>
    StoreUnknown,

    /// <summary>The token is meant for another API (RFC 9068 §4).</summary>
    WrongAudience,

    /// <summary>The application was deleted.</summary>
    ApplicationGone,

    /// <summary>The application is retired.</summary>
    ApplicationRetired,

    /// <summary>All tokens of the application that were issued before a moment were revoked.</summary>
    IssuedBeforeRevocation,

    /// <summary>This token was revoked by its <c>jti</c>, or with the grant that it descends from.</summary>
    TokenRevoked,

    /// <summary>A bearer token of an application that is held to FAPI 2.0 (Security Profile §5.3.2.1): it was issued before the switch.</summary>
    NotBound,

    /// <summary>The application has no contract for the API, or one that is requested, suspended or revoked.</summary>
    NoApprovedContract,

    /// <summary>The token lacks the scope the call needs (RFC 6750 §3.1).</summary>
    InsufficientScope,
}

/// <summary>The answer, with the application as far as it is known: its owner may be told the cause.</summary>
public readonly record struct Access(AccessFailure Failure, RegisteredApplication? Application);

/// <summary>Whether a verified token opens an API now: asked on every call against the live registry, never remembered.</summary>
public sealed class AccessCheck(ApplicationRegistry applications, RevokedTokens revokedTokens)
{
    /// <param name="claims">The claims of a token that <see cref="AccessTokenVerifier"/> accepted.</param>
    /// <param name="api">The API that is called.</param>
    /// <param name="scope">The scope the call needs; empty when a token for the API is enough.</param>
    public ValueTask<Access> CheckAsync(AccessTokenClaims claims, RegisteredApi api, string scope) =>
        claims.Origins.Count == 0 && applications.TryGet(claims.ClientId, out var application)
            ? new(new Access(Decide(claims, application, api, scope), application))
            : LoadAndCheckAsync(claims, api, scope);

    /// <summary>Whether the token still counts, whatever it opens: for what this server itself tells about a user.</summary>
    public async ValueTask<Access> CheckLifeAsync(AccessTokenClaims claims)
    {
        var found = await applications.FindAsync(claims.ClientId);
        if (!found.IsKnown) return new Access(AccessFailure.StoreUnknown, null);
        if (found.Value is not { } application) return new Access(AccessFailure.ApplicationGone, null);
        var failure = DecideLife(claims, application);
        return new Access(failure == AccessFailure.None ? await CheckOriginsAsync(claims, api: null) : failure, application);
    }

    private async ValueTask<Access> LoadAndCheckAsync(AccessTokenClaims claims, RegisteredApi api, string scope)
    {
        var found = await applications.FindAsync(claims.ClientId);
        if (!found.IsKnown) return new Access(AccessFailure.StoreUnknown, null);
        if (found.Value is not { } application) return new Access(AccessFailure.ApplicationGone, null);
        var failure = Decide(claims, application, api, scope);
        return new Access(failure == AccessFailure.None ? await CheckOriginsAsync(claims, api) : failure, application);
    }

    // A token that was exchanged lives no longer than those it was exchanged for.
    private async ValueTask<AccessFailure> CheckOriginsAsync(AccessTokenClaims claims, RegisteredApi? api)
    {
        foreach (var origin in claims.Origins)
        {
            if (revokedTokens.Contains(origin.TokenId)) return AccessFailure.TokenRevoked;
            var found = await applications.FindAsync(origin.ClientId);
            if (!found.IsKnown) return AccessFailure.StoreUnknown;
            if (found.Value is not { } application) return AccessFailure.ApplicationGone;
            if (!application.IsActive) return AccessFailure.ApplicationRetired;
            if (origin.IssuedAt < application.TokensNotBefore) return AccessFailure.IssuedBeforeRevocation;
            if (application.IsFapi && claims.Confirmation is null) return AccessFailure.NotBound;
            if (api is not null && !HasContract(application, api)) return AccessFailure.NoApprovedContract;
        }
        return AccessFailure.None;
    }

    private AccessFailure DecideLife(AccessTokenClaims claims, RegisteredApplication application)
    {
        if (!application.IsActive) return AccessFailure.ApplicationRetired;
        if (claims.IssuedAt < application.TokensNotBefore) return AccessFailure.IssuedBeforeRevocation;
        if (revokedTokens.Contains(claims.TokenId)) return AccessFailure.TokenRevoked;
        if (claims.GrantId is { } grant && revokedTokens.Contains(RevokedToken.OfGrant(grant))) return AccessFailure.TokenRevoked;
        return application.IsFapi && claims.Confirmation is null ? AccessFailure.NotBound : AccessFailure.None;
    }

    private AccessFailure Decide(AccessTokenClaims claims, RegisteredApplication application, RegisteredApi api, string scope)
    {
        if (DecideLife(claims, application) is var failure and not AccessFailure.None) return failure;
        if (!claims.Audience.Contains(api.Resource, StringComparer.Ordinal)) return AccessFailure.WrongAudience;
        if (!HasContract(application, api)) return AccessFailure.NoApprovedContract;
        return scope.Length == 0 || claims.Scope.Contains(scope) ? AccessFailure.None : AccessFailure.InsufficientScope;
    }

    private static bool HasContract(RegisteredApplication application, RegisteredApi api) =>
        application.Contracts.TryGetValue(api.Id, out var contract) && contract.State == ContractState.Approved;
}
