using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Bench.Harness.Paths;

/// <summary>The holder of a DPoP key (RFC 9449): signs a new proof for each request, with the last nonce that the server gave.</summary>
internal sealed class DpopProver
{
    // One key for all, which lives as long as the program.
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly string _head;
    private volatile string? _nonce;

    public DpopProver()
    {
        var point = Key.ExportParameters(includePrivateParameters: false).Q;
        var (x, y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        _head = Encode(JsonSerializer.SerializeToUtf8Bytes(new { alg = "ES256", typ = "dpop+jwt", jwk = new { kty = "EC", crv = "P-256", x, y } }));
        Thumbprint = Encode(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));
    }

    /// <summary>RFC 7638: the <c>cnf.jkt</c> of tokens that are bound to the key.</summary>
    public string Thumbprint { get; }

    /// <param name="accessToken">The token that it goes with; null when it asks for one.</param>
    public string Prove(string method, Uri url, string? accessToken = null)
    {
        var claims = new Dictionary<string, object>
        {
            ["jti"] = Encode(RandomNumberGenerator.GetBytes(12)), ["htm"] = method, ["htu"] = url.AbsoluteUri,
            ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
        };
        if (_nonce is { } nonce) claims["nonce"] = nonce;
        if (accessToken is not null) claims["ath"] = Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));
        var signed = $"{_head}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Encode(Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    /// <summary>Keeps the nonce of an answer (RFC 9449 §8).</summary>
    public void Learn(HttpResponseMessage answer)
    {
        if (answer.Headers.TryGetValues("DPoP-Nonce", out var nonces)) _nonce = nonces.Single();
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
