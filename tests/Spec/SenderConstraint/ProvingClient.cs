using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.SenderConstraint;

/// <summary>A client that holds a DPoP key, and keeps the nonces it is given.</summary>
internal sealed class ProvingClient(TestNode node, SeedSigner? signer = null)
{
    /// <summary>On P-256 or P-384.</summary>
    public ECDsa Key { get; init; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Nonce { get; set; } = string.Empty;

    /// <summary>RFC 7638.</summary>
    public string Thumbprint
    {
        get
        {
            var jwk = AssertingApplication.PublicJwk(Key);
            return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{jwk["x"]}}","y":"{{jwk["y"]}}"}""")));
        }
    }

    /// <summary>A good proof with changes.</summary>
    public string Proof(string method, string url, string? token = null, Action<JsonObject>? payload = null, Action<JsonObject>? header = null)
    {
        var algorithm = signer?.Algorithm ?? (Key.KeySize == 384 ? "ES384" : "ES256");
        var (head, claims) = (new JsonObject { ["alg"] = algorithm, ["typ"] = "dpop+jwt", ["jwk"] = signer?.PublicJwk() ?? AssertingApplication.PublicJwk(Key) }, new JsonObject
        {
            ["htm"] = method, ["htu"] = url, ["iat"] = node.Clock.GetUtcNow().ToUnixTimeSeconds(), ["jti"] = Guid.NewGuid().ToString(),
        });
        if (Nonce.Length > 0) claims["nonce"] = Nonce;
        if (token is not null) claims["ath"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        header?.Invoke(head);
        payload?.Invoke(claims);
        if (signer is not null) return signer.Sign(head, claims);
        var input = $"{TokenForge.Encode(head.ToJsonString())}.{TokenForge.Encode(claims.ToJsonString())}";
        return $"{input}.{Base64Url.EncodeToString(Key.SignData(Encoding.ASCII.GetBytes(input), Key.KeySize == 384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    /// <summary>Posts to the token endpoint with a proof; without a nonce it asks for one first.</summary>
    public async Task<TokenAnswer> ObtainAsync(string form, Action<JsonObject>? payload = null, Action<JsonObject>? header = null)
    {
        if (Nonce.Length == 0) await LearnNonceAsync(form);
        var proof = Proof("POST", TestNode.Issuer + TokenRequests.Endpoint, token: null, payload, header);
        return await PostAsync(form, proof);
    }

    public async Task LearnNonceAsync(string form)
    {
        var answer = await PostAsync(form, Proof("POST", TestNode.Issuer + TokenRequests.Endpoint));
        Assert.Equal((400, "use_dpop_nonce"), (answer.Status, answer.Error));
        Nonce = answer.Headers.GetValues("DPoP-Nonce").Single();
    }

    public Task<TokenAnswer> PostAsync(string form, params string[] proofs) => node.Auth.PostTokenAsync(form, request =>
    {
        foreach (var proof in proofs) request.Headers.TryAddWithoutValidation("DPoP", proof);
    });

    /// <summary>Calls the gateway with token and proof.</summary>
    public Task<HttpResponseMessage> CallAsync(string token, string? proof, string scheme = "DPoP", string path = "/things") =>
        node.CallAsync(path, token: null, change: request =>
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {token}");
            if (proof is not null) request.Headers.TryAddWithoutValidation("DPoP", proof);
        });

    public string CallProof(string token, Action<JsonObject>? payload = null, Action<JsonObject>? header = null) =>
        Proof("GET", TestNode.ApiUrl + "/things", token, payload, header);

    public static void IsRefused(HttpResponseMessage answer, string error)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains($"error=\"{error}\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }
}
