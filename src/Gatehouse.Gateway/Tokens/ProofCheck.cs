using Gatehouse.Gateway.Answers;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Signatures;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Gateway.Tokens;

/// <summary>
/// Whether a call proves the key or the certificate that its token is bound to (RFC 9449 §7.1, RFC 8705 §3). A bearer token needs no proof, and
/// a bound one is worth nothing without. Each proof is taken once per node: the store is not asked on a call, so two nodes could take the same
/// proof within its minute.
/// </summary>
public sealed class ProofCheck(GatewayOptions options, DpopNonces nonces, TimeProvider clock)
{
    private readonly string _origin = options.ApiUrl.TrimEnd('/');
    private readonly UsedProofs _used = new(clock);

    /// <param name="http">The call.</param>
    /// <param name="authorization">Its <c>Authorization</c> header.</param>
    /// <param name="claims">What its token says.</param>
    /// <param name="proof">The DPoP proof, whose one use <see cref="Claim"/> takes; null when there is none.</param>
    public GatewayFailure? Check(HttpContext http, string authorization, AccessTokenClaims claims, out DpopProof? proof)
    {
        proof = null;
        var isDpop = BearerToken.IsDpop(authorization);
        if (claims.Confirmation is not { } bound) return isDpop ? GatewayFailure.TokenIsNotBound : null;
        if (bound.Method == ConfirmationMethod.Certificate) return CheckCertificate(http, isDpop, bound);
        if (!isDpop) return GatewayFailure.TokenIsBound;
        var headers = http.Request.Headers[DpopProof.Header];
        if (headers.Count != 1 || !BearerToken.TryParse(authorization, out var token)) return GatewayFailure.ProofMissing;
        if (UrlOf(http) is not { } url) return GatewayFailure.From(DpopFailure.WrongRequest);
        var failure = DpopProof.Verify(
            headers.ToString(), http.Request.Method, url, token, clock.GetUtcNow().ToUnixTimeSeconds(),
            SignatureLibrary.Instance, out proof);
        if (failure != DpopFailure.None) return GatewayFailure.From(failure);
        if (Confirmation.OfDpopKey(proof!.Thumbprint) != bound) return GatewayFailure.ProofOfAnotherKey;
        return nonces.IsValid(proof.Nonce) ? null : GatewayFailure.ProofNeedsNonce;
    }

    // RFC 8705 §3: the certificate of the connection, whoever vouches for it.
    private static GatewayFailure? CheckCertificate(HttpContext http, bool isDpop, Confirmation bound)
    {
        if (isDpop) return GatewayFailure.TokenIsNotBound;
        if (http.Features.Get<ClientCertificate>() is not { } certificate) return GatewayFailure.CertificateMissing;
        return certificate.Confirmation == bound ? null : GatewayFailure.AnotherCertificate;
    }

    /// <summary>
    /// Takes the one use of a proof; says why not otherwise. It comes after the access check, so that only who may call fills the memory of what
    /// was used. That check may have waited for the store, so the age counts once more: what was used is remembered for as long as a proof is good.
    /// </summary>
    public GatewayFailure? Claim(DpopProof proof) => proof.IssuedAt < clock.GetUtcNow().ToUnixTimeSeconds() - DpopProof.MaxAgeSeconds
        ? GatewayFailure.From(DpopFailure.NotFresh) : ClaimUse(proof);

    private GatewayFailure? ClaimUse(DpopProof proof) => _used.Claim(proof.Thumbprint, proof.TokenId) switch
    {
        ProofClaim.Fresh => null,
        ProofClaim.Used => GatewayFailure.ProofReplayed,
        _ => GatewayFailure.TooManyProofs,
    };

    /// <summary>
    /// RFC 9449 §8.2: the client learns the next nonce before the old one ends, with the answer to its call. Asked for once, when all is decided.
    /// </summary>
    public void OfferNonce(HttpContext http, DpopProof proof)
    {
        if (proof.Nonce == nonces.Current) return;
        // The upstream's answer replaces the headers that were set before it, and may come when there is another nonce.
        http.Response.OnStarting(() =>
        {
            http.Response.Headers[DpopChallenge.NonceHeader] = nonces.Current;
            return Task.CompletedTask;
        });
    }

    // The address that the caller knows, not the Host header, which is the caller's to choose.
    private Uri? UrlOf(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        var path = target.StartsWith('/') ? target.Split('?', 2)[0] : http.Request.Path.ToUriComponent();
        return Uri.TryCreate(_origin + path, UriKind.Absolute, out var url) ? url : null;
    }
}
