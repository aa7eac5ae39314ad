using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Secrets;
using Gatehouse.Store.Signatures;
using Gatehouse.Tests.Store.Fixture;

namespace Gatehouse.Tests.Store.Secrets;

/// <summary>What the key-encryption key seals, on any store.</summary>
public sealed class SealingTests
{
    [Fact]
    public void A_signing_key_that_is_moved_or_changed_does_not_open()
    {
        var vault = new SigningKeyVault(TestStore.Key);
        var (first, second) = (vault.Generate(SigningKeyState.Active, default), vault.Generate(SigningKeyState.Active, default));
        second.EncryptedPrivateKey = first.EncryptedPrivateKey;
        Assert.ThrowsAny<CryptographicException>(() => vault.Open(second));
        first.EncryptedPrivateKey = [.. first.EncryptedPrivateKey[..^1], (byte)(first.EncryptedPrivateKey[^1] ^ 1)];
        Assert.ThrowsAny<CryptographicException>(() => vault.Open(first));
        first.EncryptedPrivateKey = [];
        Assert.ThrowsAny<CryptographicException>(() => vault.Open(first));
    }

    [Theory]
    [InlineData("EdDSA")]
    [InlineData("Ed25519")]
    [InlineData("ML-DSA-44")]
    [InlineData("ML-DSA-65")]
    [InlineData("ML-DSA-87")]
    public void A_key_that_is_a_seed_opens_as_the_key_that_was_sealed(string algorithm)
    {
        var vault = new SigningKeyVault(TestStore.Key);
        var record = vault.Generate(SigningKeyState.Active, default, algorithm);
        using var pair = (SeedKey)vault.Open(record);
        var signature = new byte[pair.SignatureLength];
        pair.Sign("text"u8, signature);

        using var document = JsonDocument.Parse(record.PublicKey);
        Assert.True(PublicJwk.TryParse(document.RootElement, SignatureLibrary.Instance, out var key));
        Assert.Equal((algorithm, record.Kid), (Assert.Single(key.Algorithms), key.Thumbprint));
        Assert.True(key.Verify(algorithm, "text"u8, signature));
        Assert.NotEqual(new byte[SeedKey.SeedLength], pair.ExportSeed());
        Assert.Equal(pair.ExportSeed(), TestStore.Key.Open("signing-key", record.Kid, record.EncryptedPrivateKey));
    }

    [Fact]
    public void A_value_that_is_sealed_for_one_purpose_opens_for_no_other()
    {
        var sealedValue = TestStore.Key.Seal("one", "context", [1, 2, 3]);
        Assert.Equal([1, 2, 3], TestStore.Key.Open("one", "context", sealedValue));
        Assert.ThrowsAny<CryptographicException>(() => TestStore.Key.Open("two", "context", sealedValue));
    }

    [Fact]
    public void The_text_of_a_key_or_secret_is_not_its_value()
    {
        var key = KeyEncryptionKey.Generate(out var bytes);
        Assert.DoesNotContain(Convert.ToHexString(bytes), key.ToString(), StringComparison.OrdinalIgnoreCase);
        var secret = ClientSecret.Generate();
        Assert.DoesNotContain(secret.Reveal(), new AddedSecret(new ApplicationSecret { Verifier = [] }, secret).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", StoreOptions.PostgreSql("Host=h;Password=hunter2").ToString(), StringComparison.Ordinal);
    }
}
