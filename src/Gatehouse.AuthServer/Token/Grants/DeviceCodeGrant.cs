using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Grants;

namespace Gatehouse.AuthServer.Token.Grants;

/// <summary>A device asks whether its user has decided in a browser (RFC 8628 §3.4).</summary>
public sealed class DeviceCodeGrant(DeviceRegister devices, GrantRegister grants) : IGrant
{
    public string GrantType => Protocol.Vocabulary.GrantType.DeviceCode;

    public async ValueTask<GrantDecision> DecideAsync(AuthenticatedApplication application, FormBody form, CancellationToken cancellation)
    {
        if (form["device_code"] is not { } deviceCode) return GrantDecision.Refuse(OAuthFailure.MissingParameter("device_code"));
        var found = await devices.AskAsync(deviceCode, application.Registered.Id, cancellation);
        if (found is { State: DeviceState.Granted, Request: { } request }) return Grant(application, deviceCode, request);
        if (found is { State: DeviceState.Used, Request: { } used }) await grants.EndAsync(used.GrantId); // Two may hold the code.
        return GrantDecision.Refuse(found.State switch
        {
            DeviceState.Used => OAuthFailure.DeviceCodeReused,
            DeviceState.Expired => OAuthFailure.DeviceExpired,
            DeviceState.TooFast => OAuthFailure.DeviceTooFast,
            DeviceState.Pending => OAuthFailure.DevicePending,
            DeviceState.Denied => OAuthFailure.DeviceDenied,
            _ => OAuthFailure.UnknownDeviceCode,
        });
    }

    private GrantDecision Grant(AuthenticatedApplication application, string deviceCode, DeviceRequest request)
    {
        var withRefreshToken = application.Registered.GrantTypes.Contains(Protocol.Vocabulary.GrantType.RefreshToken);
        return GrantDecision.For(request.UserId.ToString()) with
        {
            Granted = ScopeSet.TryParse(request.Scope, out var scope) ? scope : ScopeSet.Empty,
            GrantedResources = request.Resources,
            GrantedDetails = AuthorizationDetails.OfText(request.Details),
            GrantId = request.GrantId.ToString(),
            Authentication = new UserAuthentication(request.AuthenticatedAt, Nonce: null),
            Redeem = async (binding, cancellation) => await grants.RedeemDeviceAsync(deviceCode, request, withRefreshToken, binding, cancellation) is { IsWon: true } won
                ? new Redemption(null, won.RefreshToken) : new Redemption(OAuthFailure.DeviceCodeReused),
        };
    }
}
