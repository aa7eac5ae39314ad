using System.Security.Cryptography;
using Gatehouse.Store.Signatures;

namespace Gatehouse.Tests.Store.Signatures;

/// <summary>A key that has verified often gets its table, and says the same before, meanwhile and after.</summary>
public sealed class FrequentKeyTests
{
    private readonly ECDsa _pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public async Task It_is_prepared_once_when_it_was_needed_often()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There are tables on Linux alone.");
        KnownPublicKey? made = null;
        var parameters = _pair.ExportParameters(includePrivateParameters: false);
        var key = new FrequentKey(parameters, point => made = KnownPublicKey.TryCreate(point));
        var signature = _pair.SignData("text"u8, HashAlgorithmName.SHA256);
        for (var seen = 1; seen < FrequentKey.Often; seen++) Assert.True(key.Verify("text"u8, signature));
        Assert.Null(key.Preparation);
        Assert.True(key.Verify("text"u8, signature));
        var preparation = key.Preparation!;
        AssertVerifies(key);
        Assert.True(await preparation);
        for (var number = 0; number < FrequentKey.Often; number++) AssertVerifies(key);
        Assert.Same(preparation, key.Preparation);

        made!.Dispose(); // It is the table that is asked.
        Assert.Throws<ObjectDisposedException>(() => key.Verify("text"u8, signature));
    }

    [Fact]
    public async Task Where_there_is_no_table_it_verifies_as_well()
    {
        var asked = 0;
        var key = new FrequentKey(_pair.ExportParameters(includePrivateParameters: false), _ =>
        {
            asked++;
            return null;
        });
        for (var number = 0; number < FrequentKey.Often; number++) AssertVerifies(key);
        Assert.False(await key.Preparation!);
        for (var number = 0; number < FrequentKey.Often; number++) AssertVerifies(key);
        Assert.Equal(1, asked);
    }

    private void AssertVerifies(FrequentKey key)
    {
        var text = RandomNumberGenerator.GetBytes(20);
        var signature = _pair.SignData(text, HashAlgorithmName.SHA256);
        Assert.True(key.Verify(text, signature));
        signature[40] ^= 1;
        Assert.False(key.Verify(text, signature));
        Assert.False(key.Verify(text, signature.AsSpan(1)));
    }
}
