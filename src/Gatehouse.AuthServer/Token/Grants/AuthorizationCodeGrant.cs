using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Authorization;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Grants;

namespace Gatehouse.AuthServer.Token.Grants;

/// <summary>
/// The application redeems a code that a user's consent gave it (RFC 6749 §4.1.3). PKCE proves that it is the one that asked (RFC 7636 §4.6);
/// for that reason <c>redirect_uri</c> may be left out, but when it is sent it must be the right one.
/// </summary>
public sealed class AuthorizationCodeGrant(GrantRegister grants) : IGrant
{
    public string GrantType => Protocol.Vocabulary.GrantType.AuthorizationCode;

    public async ValueTask<GrantDecision> DecideAsync(AuthenticatedApplication application, FormBody form, CancellationToken cancellation)
    {
        if (form["code"] is not { } value) return GrantDecision.Refuse(OAuthFailure.MissingParameter("code"));
        if (form["code_verifier"] is not { } verifier) return GrantDecision.Refuse(OAuthFailure.MissingParameter("code_verifier"));
        if (await grants.FindCodeAsync(value, cancellation) is not { Code: var code } found) return GrantDecision.Refuse(OAuthFailure.UnknownCode);
        if (code.ApplicationId != application.Registered.Id) return GrantDecision.Refuse(OAuthFailure.CodeOfAnother);
        if (form["redirect_uri"] is { } uri && uri != code.RedirectUri) return GrantDecision.Refuse(OAuthFailure.WrongRedirectUri);
        if (!Pkce.Proves(verifier, code.CodeChallenge)) return GrantDecision.Refuse(OAuthFailure.WrongCodeVerifier);
        if (found.IsUsed)
        {
            await grants.EndAsync(code.GrantId);
            return GrantDecision.Refuse(OAuthFailure.CodeReused);
        }
        var withRefreshToken = application.Registered.GrantTypes.Contains(Protocol.Vocabulary.GrantType.RefreshToken);
        return GrantDecision.For(code.UserId.ToString()) with
        {
            Granted = ScopeSet.TryParse(code.Scope, out var scope) ? scope : ScopeSet.Empty,
            GrantedResources = code.Resources,
            GrantedDetails = AuthorizationDetails.OfText(code.Details),
            GrantId = code.GrantId.ToString(),
            Confirmation = Confirmation.OfDpopKey(code.DpopKey),
            Authentication = new UserAuthentication(code.AuthenticatedAt, code.Nonce) { SessionId = code.SessionId },
            Redeem = async (binding, token) => await grants.RedeemAsync(found, withRefreshToken, binding, token) is { IsWon: true } won
                ? new Redemption(null, won.RefreshToken) : new Redemption(OAuthFailure.CodeReused),
        };
    }
}
