using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gatehouse.AuthServer.Issuing;

namespace Gatehouse.Tests.Spec.Token;

public sealed class OpenSslSignerTests
{
    [Fact, Rfc(7518, "3.4")]
    public void Signs_on_many_threads_what_the_key_verifies()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signer = OpenSslSigner.TryCreate(key);
        Assert.NotNull(signer);
        var signatures = new ConcurrentBag<(byte[] Input, byte[] Signature)>();

        var threads = Enumerable.Range(0, 8).Select(thread => new Thread(() =>
        {
            for (var turn = 0; turn < 300; turn++)
            {
                byte[] input = [(byte)thread, (byte)turn, (byte)(turn >> 8)];
                var signature = new byte[64];
                if (signer.TrySign(input, signature)) signatures.Add((input, signature));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(8 * 300, signatures.Count);
        Assert.All(signatures, one => Assert.True(
            key.VerifyData(one.Input, one.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)));
        // One of 256 integers is shorter than its place: some were among them.
        Assert.Contains(signatures, one => one.Signature[0] == 0 || one.Signature[32] == 0);
    }

    [Fact]
    public void Does_not_take_a_key_of_another_curve()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Null(OpenSslSigner.TryCreate(key));
    }
}
