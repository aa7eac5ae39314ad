using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.SenderConstraint;

/// <summary>
/// What a token request proves, and so what its tokens are bound to: a DPoP key (RFC 9449), the certificate of the connection (RFC 8705 §3), or
/// nothing. One key at a time: a proof that was sent counts, and the certificate beside it only authenticates.
/// </summary>
public sealed class SenderConstraints(DpopProofs proofs)
{
    /// <param name="http">The request.</param>
    /// <param name="application">Who sends it.</param>
    /// <param name="required">What the presented code or token is bound to, which must be proved.</param>
    /// <param name="proof">The DPoP proof, whose one use is still to be taken; null when none was sent.</param>
    /// <param name="proved">What is proved; null: nothing, and nothing has to be.</param>
    public OAuthFailure? Read(
        HttpContext http, RegisteredApplication application, Confirmation? required, out DpopProof? proof, out Confirmation? proved)
    {
        (proof, proved) = (null, null);
        var hasProof = http.Request.Headers.ContainsKey(DpopProof.Header);
        if (hasProof && application.CertificateBoundAccessTokens) return OAuthFailure.ProofBesideCertificate;
        if (hasProof || application.DpopBoundAccessTokens)
        {
            var failure = proofs.Read(http, AuthServerOptions.TokenPath, application, out proof);
            proved = Confirmation.OfDpopKey(proof?.Thumbprint);
            return failure ?? Compare(required, proved);
        }
        if (application.CertificateBoundAccessTokens || application.IsFapi || required is { Method: ConfirmationMethod.Certificate })
        {
            proved = http.Features.Get<ClientCertificate>()?.Confirmation;
            if (proved is null && application.CertificateBoundAccessTokens) return OAuthFailure.MissingCertificate;
            if (proved is null && application.IsFapi) return OAuthFailure.NothingProved;
        }
        return Compare(required, proved);
    }

    /// <summary>
    /// What the refresh tokens of a grant are bound to. One of a client that authenticates by its certificate is bound to that authentication,
    /// so that it outlives the certificate (RFC 8705 §4).
    /// </summary>
    public static Confirmation? BindingOf(RegisteredApplication application, Confirmation? proved) =>
        proved is { Method: ConfirmationMethod.Certificate } && TokenEndpointAuthMethods.IsCertificate(application.TokenEndpointAuthMethod) ? null : proved;

    private static OAuthFailure? Compare(Confirmation? required, Confirmation? proved) => required is null || required == proved ? null
        : required.Method == ConfirmationMethod.DpopKey ? OAuthFailure.WrongDpopKey : OAuthFailure.WrongBoundCertificate;
}
