using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Gatehouse.Store.Signatures;
using Org.BouncyCastle.Asn1.X9;
using BigInteger = System.Numerics.BigInteger;
using Big = Org.BouncyCastle.Math.BigInteger;
using CurvePoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace Gatehouse.Tests.Store.Signatures;

/// <summary>Verification with a table of the key: it says what .NET says, also where chance never leads.</summary>
public sealed class KnownPublicKeyTests
{
    private static readonly X9ECParameters Curve = ECNamedCurveTable.GetByName("P-256");

    private static readonly BigInteger Order =
        BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly ECDsa _pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public void It_says_what_dotnet_says_of_good_and_of_altered_signatures()
    {
        var known = Known(_pair);
        for (var round = 0; round < 500; round++)
        {
            var text = RandomNumberGenerator.GetBytes(round);
            var signature = _pair.SignData(text, HashAlgorithmName.SHA256);
            Assert.True(Agreed(_pair, known, SHA256.HashData(text), signature));
            Assert.True(known.Verify(text, signature));
            Assert.False(known.Verify([.. text, 0], signature));
            signature[RandomNumberGenerator.GetInt32(signature.Length)] ^= (byte)(1 << RandomNumberGenerator.GetInt32(8));
            Assert.False(Agreed(_pair, known, SHA256.HashData(text), signature));
        }
    }

    [Fact]
    public void Another_keys_signature_is_none()
    {
        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signature = another.SignData("text"u8, HashAlgorithmName.SHA256);
        Assert.True(Known(another).Verify("text"u8, signature));
        Assert.False(Known(_pair).Verify("text"u8, signature));
    }

    // FIPS 186-5 §6.4.2, step 1.
    [Fact]
    public void Numbers_outside_of_1_to_the_order_are_refused()
    {
        var (hash, known) = (SHA256.HashData("text"u8), Known(_pair));
        var signature = _pair.SignHash(hash);
        var (r, s) = (signature[..32], signature[32..]);
        byte[][] outside = [new byte[32], Bytes(Order), Bytes(Order + 1), Bytes((BigInteger.One << 256) - 1)];
        foreach (var value in outside)
        {
            Assert.False(Agreed(_pair, known, hash, [.. value, .. s]));
            Assert.False(Agreed(_pair, known, hash, [.. r, .. value]));
            Assert.False(Agreed(_pair, known, hash, [.. value, .. value]));
        }
        Assert.True(Agreed(_pair, known, hash, signature));
        Assert.True(Agreed(_pair, known, hash, [.. r, .. Bytes(Order - Number(s))])); // Both s are right (SEC 1 §4.1.4).
        Assert.False(Agreed(_pair, known, hash, [.. Bytes(Order - Number(r)), .. s]));
        Assert.False(Agreed(_pair, known, hash, [.. s, .. r]));
    }

    // With s small enough that s plus the order has 32 bytes: the same signature must not have two spellings.
    [Fact]
    public void A_number_plus_the_order_is_not_taken_for_the_number()
    {
        var (d, r, s) = (Number(_pair.ExportParameters(includePrivateParameters: true).D!), XOf(7), new BigInteger(12345));
        var hash = Bytes((7 * s + (Order - r) * d) % Order);
        Assert.True(Agreed(_pair, Known(_pair), hash, [.. Bytes(r), .. Bytes(s)]));
        Assert.False(Agreed(_pair, Known(_pair), hash, [.. Bytes(r), .. Bytes(s + Order)]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(72)]
    public void A_signature_has_64_bytes(int length) => Assert.False(Known(_pair).Verify("text"u8, new byte[length]));

    [Fact]
    public void The_hash_may_be_0_or_larger_than_the_order()
    {
        var known = Known(_pair);
        byte[][] hashes = [new byte[32], Bytes(Order), Bytes(Order + 5), Bytes((BigInteger.One << 256) - 1)];
        foreach (var hash in hashes)
        {
            Assert.True(Agreed(_pair, known, hash, _pair.SignHash(hash)));
            Assert.False(Agreed(_pair, known, SHA256.HashData(hash), _pair.SignHash(hash)));
        }
        // The same modulo the order is the same number.
        Assert.True(Agreed(_pair, known, Bytes(Order + 5), _pair.SignHash(Bytes(5))));
    }

    // e = −r d: u G + v Q is the identity. e = r d: both products are the same point, and adding them is doubling it.
    [Fact]
    public void Products_may_cancel_and_be_equal()
    {
        var (d, known) = (Number(_pair.ExportParameters(includePrivateParameters: true).D!), Known(_pair));
        var r = XOf(7);
        var cancelling = Bytes(Order - r * d % Order);
        Assert.False(known.VerifyHash(cancelling, [.. Bytes(r), .. Bytes(12345)]));
        Assert.Equal(0u, OpenSslCurve.PeekError()); // Else .NET would take it for that of its next call.
        Assert.False(Agreed(_pair, known, cancelling, [.. Bytes(r), .. Bytes(12345)]));
        var equal = r * d % Order;
        var s = BigInteger.ModPow(7, Order - 2, Order) * (equal + r * d) % Order;
        Assert.True(Agreed(_pair, known, Bytes(equal), [.. Bytes(r), .. Bytes(s)]));
        Assert.False(Agreed(_pair, known, Bytes(equal), [.. Bytes(r), .. Bytes(s + 1)]));
    }

    // r is x modulo the order; x is above it for one point in 2^128, so the key is made for such a point.
    [Fact]
    public void The_coordinate_of_the_point_may_be_above_the_order()
    {
        var (point, x) = PointAboveTheOrder();
        var (r, s, e) = (x - Order, new BigInteger(424242), new BigInteger(99));
        var inverse = BigInteger.ModPow(s, Order - 2, Order);
        var rest = point.Subtract(Curve.G.Multiply(ToBig(e * inverse % Order)));
        var key = rest.Multiply(ToBig(s * BigInteger.ModPow(r, Order - 2, Order) % Order)).Normalize();
        using var pair = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = key.AffineXCoord.GetEncoded(), Y = key.AffineYCoord.GetEncoded() },
        });
        Assert.True(Agreed(pair, Known(pair), Bytes(e), [.. Bytes(r), .. Bytes(s)]));
        Assert.False(Agreed(pair, Known(pair), Bytes(e + 1), [.. Bytes(r), .. Bytes(s)]));
        Assert.False(Agreed(pair, Known(pair), Bytes(e), [.. Bytes(x), .. Bytes(s)])); // Step 1 again: x itself is no r.
    }

    [Fact]
    public void What_is_no_key_of_the_curve_gets_no_table()
    {
        var key = _pair.ExportParameters(includePrivateParameters: false);
        Assert.Null(KnownPublicKey.TryCreate(key with { Q = new ECPoint { X = key.Q.X, Y = key.Q.X } }));
        Assert.Null(KnownPublicKey.TryCreate(key with { Q = new ECPoint { X = key.Q.X, Y = key.Q.Y![1..] } }));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Null(KnownPublicKey.TryCreate(other.ExportParameters(includePrivateParameters: false)));
        Assert.True(Known(_pair).Verify("text"u8, _pair.SignData("text"u8, HashAlgorithmName.SHA256)));
    }

    [Fact]
    public void Many_threads_may_ask_at_once()
    {
        var known = Known(_pair);
        var signed = Enumerable.Range(0, 64).Select(number => (Text: Bytes(number), Signature: _pair.SignData(Bytes(number), HashAlgorithmName.SHA256))).ToArray();
        var answers = new int[2];
        Parallel.For(0, 4_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, number =>
        {
            var (text, signature) = (signed[number % 64].Text, signed[(number + number / 64 % 2) % 64].Signature);
            Interlocked.Increment(ref answers[known.Verify(text, signature) ? 1 : 0]);
        });
        Assert.Equal([4_000 - EvenRounds(), EvenRounds()], answers);

        static int EvenRounds() => Enumerable.Range(0, 4_000).Count(number => number / 64 % 2 == 0);
    }

    private static KnownPublicKey Known(ECDsa key)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There are tables on Linux alone.");
        return KnownPublicKey.TryCreate(key.ExportParameters(includePrivateParameters: false))
            ?? throw new InvalidOperationException("This OpenSSL has no such table.");
    }

    private static bool Agreed(ECDsa pair, KnownPublicKey known, byte[] hash, byte[] signature)
    {
        var answer = known.VerifyHash(hash, signature);
        Assert.Equal(pair.VerifyHash(hash, signature), answer);
        return answer;
    }

    private static (CurvePoint Point, BigInteger X) PointAboveTheOrder()
    {
        for (var x = Order + 1; ; x++)
        {
            try
            {
                return (Curve.Curve.DecodePoint([2, .. Bytes(x)]), x);
            }
            catch (ArgumentException)
            {
                // Half of the numbers are no coordinate.
            }
        }
    }

    private static BigInteger XOf(int times) => Number(Curve.G.Multiply(ToBig(times)).Normalize().AffineXCoord.GetEncoded()) % Order;

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static Big ToBig(BigInteger number) => new(1, number.ToByteArray(isUnsigned: true, isBigEndian: true));

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = new byte[32];
        var digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(bytes, bytes.Length - digits.Length);
        return bytes;
    }
}
