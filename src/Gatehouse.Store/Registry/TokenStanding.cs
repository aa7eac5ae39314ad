using Gatehouse.Protocol.AccessTokens;

namespace Gatehouse.Store.Registry;

/// <summary>Why a token whose signature holds is refused all the same.</summary>
public enum TokenStandingFailure
{
    None,

    /// <summary>The application was deleted or never existed.</summary>
    ApplicationGone,

    /// <summary>The application is retired.</summary>
    ApplicationRetired,

    /// <summary>All tokens of the application that were issued before a moment were revoked.</summary>
    IssuedBeforeRevocation,

    /// <summary>This token was revoked by its <c>jti</c>.</summary>
    TokenRevoked,
}

/// <summary>Whether a verified token may be used at this moment: asked on every call, never remembered.</summary>
public sealed class TokenStanding(RevokedTokens revokedTokens)
{
    public TokenStandingFailure Check(AccessTokenClaims claims, RegisteredApplication? application)
    {
        if (application is null) return TokenStandingFailure.ApplicationGone;
        if (!application.IsActive) return TokenStandingFailure.ApplicationRetired;
        if (claims.IssuedAt < application.TokensNotBefore) return TokenStandingFailure.IssuedBeforeRevocation;
        return revokedTokens.Contains(claims.TokenId) ? TokenStandingFailure.TokenRevoked : TokenStandingFailure.None;
    }
}
