using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Signatures;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.SenderConstraint;

/// <summary>Reads the DPoP proof of a request to this server (RFC 9449 §5): with a nonce of ours, and each <c>jti</c> once.</summary>
public sealed class DpopProofs(AuthServerOptions options, DpopNonces nonces, HandleRegister handles, TimeProvider clock)
{
    /// <param name="http">The request.</param>
    /// <param name="path">The path of the endpoint that it came to.</param>
    /// <param name="application">Who sends it; one that is registered for DPoP must send a proof.</param>
    /// <param name="proof">The proof; null when none was sent.</param>
    public OAuthFailure? Read(HttpContext http, string path, RegisteredApplication application, out DpopProof? proof)
    {
        proof = null;
        if (http.Request.Headers[DpopProof.Header].Count == 0) return application.DpopBoundAccessTokens ? OAuthFailure.MissingDpopProof : null;
        var failure = Read(http, path, accessToken: default, out proof);
        return failure is null && application.IsFapi && !SigningAlgorithms.Fapi.Contains(proof!.Algorithm) ? OAuthFailure.NoFapiAlgorithm : failure;
    }

    /// <summary>Reads a proof that must be there.</summary>
    /// <param name="http">The request.</param>
    /// <param name="path">The path of the endpoint that it came to.</param>
    /// <param name="accessToken">The access token that it must be about; empty where none is sent.</param>
    /// <param name="proof">The proof.</param>
    public OAuthFailure? Read(HttpContext http, string path, ReadOnlySpan<char> accessToken, out DpopProof? proof)
    {
        proof = null;
        var headers = http.Request.Headers[DpopProof.Header];
        if (headers.Count == 0) return OAuthFailure.MissingDpopProof;
        if (headers.Count > 1) return OAuthFailure.WrongDpopProof(DpopFailure.Malformed);
        var failure = Verify(headers.ToString(), http.Request.Method, options.Issuer + path, accessToken, out proof);
        // The same endpoint has a second address for clients with a certificate (RFC 8705 §5).
        if (failure == DpopFailure.WrongRequest && options.MutualTls.Url is { } alias)
            failure = Verify(headers.ToString(), http.Request.Method, alias + path, accessToken, out proof);
        if (failure != DpopFailure.None) return OAuthFailure.WrongDpopProof(failure);
        if (nonces.IsValid(proof!.Nonce)) return null;
        http.Response.Headers[DpopChallenge.NonceHeader] = nonces.Current;
        return OAuthFailure.UseDpopNonce;
    }

    private DpopFailure Verify(string text, string method, string url, ReadOnlySpan<char> accessToken, out DpopProof? proof) =>
        DpopProof.Verify(text, method, new Uri(url), accessToken, clock.GetUtcNow().ToUnixTimeSeconds(), SignatureLibrary.Instance, out proof);

    /// <summary>Takes the one use of the proof, after all that can say no.</summary>
    public async ValueTask<OAuthFailure?> ConsumeAsync(HttpContext http, DpopProof? proof)
    {
        if (proof is null) return null;
        var until = DateTimeOffset.FromUnixTimeSeconds(proof.IssuedAt + DpopProof.MaxAgeSeconds + DpopProof.MaxSkewSeconds);
        if (!await handles.TryClaimAsync(HandleKind.DpopProof, $"{proof.Thumbprint}\n{proof.TokenId}", until)) return OAuthFailure.DpopProofReplayed;
        // RFC 9449 §8.2: the client learns the next nonce before the old one ends.
        if (proof.Nonce != nonces.Current) http.Response.Headers[DpopChallenge.NonceHeader] = nonces.Current;
        return null;
    }
}
