using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Store.Signatures;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>A private key, its <c>kid</c> and the one algorithm that it is for.</summary>
public sealed class SigningKey
{
    private readonly ECDsa? _ec;
    private readonly OpenSslSigner? _fastEc;
    private readonly RSA? _rsa;
    private readonly SeedKey? _seed;
    private readonly RSASignaturePadding _padding;
    private readonly ConcurrentDictionary<string, byte[]> _headers = new(StringComparer.Ordinal);

    internal SigningKey(string kid, string algorithm, AsymmetricAlgorithm pair)
    {
        (Kid, Algorithm, _ec, _rsa, _seed) = (kid, algorithm, pair as ECDsa, pair as RSA, pair as SeedKey);
        _fastEc = _ec is null ? null : OpenSslSigner.TryCreate(_ec);
        _padding = algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        SignatureLength = _seed?.SignatureLength ?? pair.KeySize / 8 * (_ec is null ? 1 : 2);
    }

    public string Kid { get; }

    public string Algorithm { get; }

    /// <summary>Bytes of a signature.</summary>
    public int SignatureLength { get; }

    /// <summary>The encoded header of the JWTs of a type that this key signs, with the dot behind it.</summary>
    public ReadOnlySpan<byte> HeaderFor(string type) => _headers.GetOrAdd(type, static (type, key) => Encoding.ASCII.GetBytes(
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"alg":"{{key.Algorithm}}","typ":"{{type}}","kid":"{{key.Kid}}"}""")) + "."), this);

    /// <summary>Signs (RFC 7518 §3.3 to §3.5, RFC 8037 §3.1, RFC 9964 §4).</summary>
    public void Sign(ReadOnlySpan<byte> input, Span<byte> signature)
    {
        if (_fastEc is not null && _fastEc.TrySign(input, signature)) return;
        if (_ec is not null) _ec.SignData(input, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        else if (_seed is not null) _seed.Sign(input, signature);
        else _rsa!.SignData(input, signature, HashAlgorithmName.SHA256, _padding);
    }

    public override string ToString() => Kid;
}
