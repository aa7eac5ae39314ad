using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Model;

namespace Gatehouse.AuthServer.Token.Grants;

/// <summary>
/// A new access token for a grant that lives (RFC 6749 §6). A public client's refresh token is replaced at every use (RFC 9700 §4.14.2); one
/// of a client that authenticates stays the same, because it is worth nothing without that authentication (FAPI 2.0 §5.3.2.1).
/// </summary>
public sealed class RefreshTokenGrant(RefreshTokenRegister refreshTokens) : IGrant
{
    public string GrantType => Protocol.Vocabulary.GrantType.RefreshToken;

    public async ValueTask<GrantDecision> DecideAsync(AuthenticatedApplication application, FormBody form, CancellationToken cancellation)
    {
        if (form["refresh_token"] is not { } text) return GrantDecision.Refuse(OAuthFailure.MissingParameter("refresh_token"));
        if (await refreshTokens.FindAsync(text, cancellation) is not { Grant: { } grant } token) return GrantDecision.Refuse(OAuthFailure.UnknownRefreshToken);
        if (grant.ApplicationId != application.Registered.Id) return GrantDecision.Refuse(OAuthFailure.RefreshTokenOfAnother);
        var content = GrantContent.Of(grant);
        return GrantDecision.For(grant.UserId.ToString()) with
        {
            Granted = ScopeSet.TryParse(grant.Scope, out var scope) ? scope : ScopeSet.Empty,
            RequestedScope = form["scope"],
            GrantedResources = content.Resources,
            GrantedDetails = AuthorizationDetails.OfText(content.Details),
            GrantId = grant.Id.ToString(),
            Confirmation = content.Confirmation,
            Redeem = application.Registered.IsPublic ? (_, cancel) => RotateAsync(text, cancel) : (_, cancel) => KeepAsync(token, cancel),
        };
    }

    private async Task<Redemption> RotateAsync(string text, CancellationToken cancellation) =>
        await refreshTokens.RotateAsync(text, cancellation) is { IsWon: true } won
            ? new Redemption(null, won.RefreshToken) : new Redemption(OAuthFailure.RefreshTokenReused);

    private async Task<Redemption> KeepAsync(RefreshToken token, CancellationToken cancellation)
    {
        await refreshTokens.TouchAsync(token, cancellation);
        return new Redemption(null);
    }
}
