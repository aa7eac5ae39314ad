using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Signatures;

namespace Gatehouse.Tests.Protocol.Jose;

/// <summary>Somebody who holds a P-256 key and signs whatever the test says, be it right or wrong.</summary>
internal sealed class Signer
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static Signer One { get; } = new();

    public static Signer Another { get; } = new();

    /// <summary>The public half with further members, such as <c>"kid":"k1"</c>.</summary>
    public string Jwk(string more = "")
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"{{(more.Length > 0 ? "," + more : "")}}}""";
    }

    public PublicJwk Key(string more = "") => Read(Jwk(more));

    public JwkSet Keys(string more = "") => Set(Jwk(more));

    public string Sign(string payload, string header = """{"alg":"ES256"}""")
    {
        var input = $"{Encode(header)}.{Encode(payload)}";
        return $"{input}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
    }

    public byte[] SignBytes(byte[] input) => _key.SignData(input, HashAlgorithmName.SHA256);

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public static JwkSet Set(params string[] keys) =>
        JwkSet.TryParse($$"""{"keys":[{{string.Join(',', keys)}}]}""", SignatureLibrary.Instance, out var set) ? set : throw new FormatException("That is no set.");

    public static PublicJwk Read(string jwk) => TryRead(jwk) ?? throw new FormatException(jwk);

    public static PublicJwk? TryRead(string jwk)
    {
        using var document = JsonDocument.Parse(jwk);
        return PublicJwk.TryParse(document.RootElement, SignatureLibrary.Instance, out var key) ? key : null;
    }

    /// <summary>An object with one member exchanged; null takes it out.</summary>
    public static string Change(string json, string member, string? value)
    {
        var changed = JsonNode.Parse(json)!.AsObject();
        if (value is null) changed.Remove(member);
        else changed[member] = JsonNode.Parse(value);
        return changed.ToJsonString();
    }
}
