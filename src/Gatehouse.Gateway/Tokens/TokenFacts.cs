using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Store.Registry;

namespace Gatehouse.Gateway.Tokens;

/// <summary>
/// Facts about tokens: what they say, and that their signature holds. Each distinct token is verified once and remembered until it is pushed
/// out; times and keys are checked on every call, and no decision is ever remembered.
/// </summary>
public sealed class TokenFacts(GatewayOptions options, VerificationKeys keys, ReferenceTokens references, TimeProvider clock)
{
    private readonly GenerationCache<TokenHash, AccessTokenClaims> _resolved = new(options.Limits.RememberedTokens);
    private readonly GenerationCache<TokenHash, VerifiedAccessToken> _verified = new(options.Limits.RememberedTokens);
    private readonly AccessTokenVerifier _verifier = keys.Follow(new AccessTokenVerifier(options.Issuer, clock));

    /// <summary>The claims, or why the token is refused.</summary>
    public AccessTokenFailure Find(ReadOnlySpan<char> token, out AccessTokenClaims? claims)
    {
        var hash = TokenHash.Of(token);
        if (_verified.TryGet(hash, out var known) && _verifier.Knows(known.KeyId))
        {
            claims = known.Claims;
            return _verifier.CheckTimes(claims);
        }
        var failure = _verifier.Verify(token, out var verified);
        claims = verified?.Claims;
        if (verified is not null) _verified.Set(hash, verified);
        return failure;
    }

    /// <summary>What a reference stands for, asked at the store once; unknown when the store did not answer.</summary>
    public async ValueTask<Lookup<AccessTokenClaims>> ResolveAsync(string token, CancellationToken cancellation)
    {
        var hash = TokenHash.Of(token);
        if (!_resolved.TryGet(hash, out var claims))
        {
            var found = await references.FindAsync(token, cancellation);
            if (found.Value is null) return found;
            _resolved.Set(hash, claims = found.Value);
        }
        return _verifier.CheckTimes(claims) == AccessTokenFailure.None ? Lookup<AccessTokenClaims>.Found(claims) : Lookup<AccessTokenClaims>.Absent;
    }

    /// <summary>SHA-256 of a token. Strict reading gives a token one spelling, so its text identifies it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
    {
        private const int UsualLength = 1024;

        public static TokenHash Of(ReadOnlySpan<char> token)
        {
            // What is taken of the stack is cleared first, so the room for the longest token would cost each of the usual ones.
            var ascii = token.Length <= UsualLength ? stackalloc byte[UsualLength] : new byte[token.Length];
            var length = System.Text.Encoding.ASCII.GetBytes(token, ascii);
            Span<ulong> parts = stackalloc ulong[4];
            SHA256.HashData(ascii[..length], MemoryMarshal.AsBytes(parts));
            return new TokenHash(parts[0], parts[1], parts[2], parts[3]);
        }
    }
}
