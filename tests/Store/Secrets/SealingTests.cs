using System.Security.Cryptography;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Secrets;
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
