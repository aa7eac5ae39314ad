using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Requests;

/// <summary>Reads the tokens that are talked about at this server rather than used: introspected, revoked.</summary>
public sealed class PresentedTokens(AuthServerOptions options, VerificationKeys keys, ReferenceTokens references, TimeProvider clock)
{
    private readonly AccessTokenVerifier _verifier = keys.Follow(new AccessTokenVerifier(options.Issuer, clock));

    /// <summary>The claims of an access token that we issued and that has not expired; null for anything else.</summary>
    /// <exception cref="TimeoutException">The store, which a reference must be asked at, did not answer.</exception>
    public async ValueTask<AccessTokenClaims?> ReadAsync(string token, CancellationToken cancellation = default)
    {
        if (token.Length > BearerToken.MaxLength) return null;
        if (!ReferenceTokens.LooksLikeOne(token)) return _verifier.Verify(token, out var verified) == AccessTokenFailure.None ? verified!.Claims : null;
        var found = await references.FindAsync(token, cancellation);
        if (!found.IsKnown) throw new TimeoutException("The store did not answer.");
        return found.Value is { } claims && _verifier.CheckTimes(claims) == AccessTokenFailure.None ? claims : null;
    }
}
