using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Requests;

/// <summary>Reads the tokens that are talked about at this server rather than used: introspected, revoked.</summary>
public sealed class PresentedTokens(AuthServerOptions options, VerificationKeys keys, TimeProvider clock)
{
    private readonly AccessTokenVerifier _verifier = keys.Follow(new AccessTokenVerifier(options.Issuer, clock));

    /// <summary>The claims of an access token that we issued and that has not expired; null for anything else.</summary>
    public AccessTokenClaims? Read(string token) =>
        token.Length <= BearerToken.MaxLength && _verifier.Verify(token, out var verified) == AccessTokenFailure.None ? verified!.Claims : null;
}
