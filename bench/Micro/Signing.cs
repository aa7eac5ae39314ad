using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Gatehouse.AuthServer.Issuing;

namespace Gatehouse.Bench.Micro;

/// <summary>Ways to an ES256 signature over a signing input of the usual size, and what other signatures cost.</summary>
public class Signing
{
    private readonly byte[] _input = RandomNumberGenerator.GetBytes(400);
    private readonly byte[] _signature = new byte[64];
    private readonly byte[] _rsaSignature = new byte[256];
    private readonly ECDsa _shared = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ThreadLocal<ECDsa> _perThread;
    private readonly OpenSslSigner _openSsl;
    private readonly byte[] _pkcs8;

    public Signing()
    {
        _pkcs8 = _shared.ExportPkcs8PrivateKey();
        _openSsl = OpenSslSigner.TryCreate(_shared) ?? throw new PlatformNotSupportedException("There is no OpenSSL 3 here.");
        _perThread = new ThreadLocal<ECDsa>(Import);
    }

    [Benchmark(Baseline = true)]
    public bool Sign_data_with_a_shared_key() => Sign(_shared);

    [Benchmark]
    public bool Sign_data_with_a_key_per_thread() => Sign(_perThread.Value!);

    [Benchmark]
    public bool Sign_a_hash()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_input, hash);
        return _shared.TrySignHash(hash, _signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out _);
    }

    [Benchmark]
    public bool Sign_with_a_key_that_was_just_imported()
    {
        using var key = Import();
        return Sign(key);
    }

    [Benchmark]
    public bool Sign_by_OpenSSL_with_a_context_that_stays() => _openSsl.TrySign(_input, _signature);

    [Benchmark]
    public bool Verify() => _shared.VerifyData(_input, Signed, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    [Benchmark]
    public bool Sign_by_RS256() => _rsa.TrySignData(_input, _rsaSignature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, out _);

    [Benchmark]
    public bool Verify_by_RS256() => _rsa.VerifyData(_input, SignedByRsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    [Benchmark]
    public byte Hash()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_input, hash);
        return hash[0];
    }

    private byte[] SignedByRsa => field ??= _rsa.SignData(_input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private byte[] Signed => field ??= _shared.SignData(_input, HashAlgorithmName.SHA256);

    private bool Sign(ECDsa key) =>
        key.TrySignData(_input, _signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out _);

    private ECDsa Import()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(_pkcs8, out _);
        return key;
    }
}
