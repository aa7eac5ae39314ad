using System.Security.Cryptography;
using System.Text;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Requests;

/// <summary>
/// Reads the tokens that are talked about at this server rather than used: introspected, revoked. What a reference stands for never changes, so the
/// store is asked once and the answer remembered, as the gateway does; times and revocations are checked each time.
/// </summary>
public sealed class PresentedTokens(AuthServerOptions options, VerificationKeys keys, ReferenceTokens references, TimeProvider clock)
{
    // What is pushed out is asked for again.
    private const int MostRemembered = 10_000;

    // By the hash: a memory that is looked at gives no token away.
    private readonly GenerationCache<string, AccessTokenClaims> _resolved = new(MostRemembered, StringComparer.Ordinal);
    private readonly AccessTokenVerifier _verifier = keys.Follow(new AccessTokenVerifier(options.Issuer, clock));

    /// <summary>The claims of an access token that we issued and that has not expired; null for anything else.</summary>
    /// <exception cref="TimeoutException">The store, which a reference must be asked at, did not answer.</exception>
    public async ValueTask<AccessTokenClaims?> ReadAsync(string token, CancellationToken cancellation = default)
    {
        if (token.Length > BearerToken.MaxLength) return null;
        if (!ReferenceTokens.LooksLikeOne(token)) return _verifier.Verify(token, out var verified) == AccessTokenFailure.None ? verified!.Claims : null;
        return await ResolveAsync(token, cancellation) is { } claims && _verifier.CheckTimes(claims) == AccessTokenFailure.None ? claims : null;
    }

    private async ValueTask<AccessTokenClaims?> ResolveAsync(string token, CancellationToken cancellation)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_resolved.TryGet(hash, out var claims)) return claims;
        var found = await references.FindAsync(token, cancellation);
        if (!found.IsKnown) throw new TimeoutException("The store did not answer.");
        if (found.Value is not null) _resolved.Set(hash, found.Value);
        return found.Value;
    }
}
