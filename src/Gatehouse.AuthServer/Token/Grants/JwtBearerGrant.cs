using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.Remote;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.JwtBearer;
using Gatehouse.Store.Model;

namespace Gatehouse.AuthServer.Token.Grants;

/// <summary>
/// A workload shows what its platform says about it (RFC 7523 §2.1) and is the application that has a rule for that. No secret has to be kept
/// anywhere, so the application may be one that does not authenticate otherwise.
/// </summary>
public sealed class JwtBearerGrant(AuthServerOptions options, RemoteKeys keys, TimeProvider clock) : IGrant
{
    public string GrantType => Protocol.Vocabulary.GrantType.JwtBearer;

    public async ValueTask<GrantDecision> DecideAsync(AuthenticatedApplication application, FormBody form, CancellationToken cancellation)
    {
        if (form["assertion"] is not { } text) return GrantDecision.Refuse(OAuthFailure.MissingParameter("assertion"));
        if (GrantAssertion.Read(text) is not { } assertion) return GrantDecision.Refuse(OAuthFailure.MalformedGrantAssertion);
        var rules = application.Registered.FederatedIdentities.Where(rule => rule.Covers(assertion.Issuer, assertion.Subject)).ToList();
        if (rules.Count == 0) return GrantDecision.Refuse(OAuthFailure.NoFederatedIdentity);
        var failure = OAuthFailure.NoFederatedIdentity;
        foreach (var rule in rules)
        {
            if ((failure = await CheckAsync(assertion, rule, cancellation)) is null)
                return GrantDecision.For(application.Registered.ClientId) with { RequestedScope = form["scope"] };
        }
        return GrantDecision.Refuse(failure!);
    }

    private async ValueTask<OAuthFailure?> CheckAsync(GrantAssertion assertion, FederatedIdentity rule, CancellationToken cancellation)
    {
        string[] audiences = rule.Audience is { } one ? [one] : [options.Issuer, options.Issuer + AuthServerOptions.TokenPath];
        var found = await keys.FindAsync(rule.JwksUri, assertion.Kid, cancellation);
        if (found.Count == 0) return OAuthFailure.IssuersKeysAway;
        var failure = assertion.Verify(found, audiences, clock.GetUtcNow().ToUnixTimeSeconds());
        if (failure != GrantAssertionFailure.None) return OAuthFailure.WrongGrantAssertion(failure);
        return rule.Claims?.All(claim => assertion.Says(claim.Key, claim.Value)) == false ? OAuthFailure.NoFederatedIdentity : null;
    }
}
