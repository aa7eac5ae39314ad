using System.Security.Cryptography;
using System.Text;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Secrets;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Secrets;

public sealed class StolenSqliteFile() : StolenDatabaseTests(StoreProvider.Sqlite)
{
    // The file, and the log beside it as long as somebody works on it.
    private protected override async Task<byte[]> StealAsync()
    {
        var file = new SqliteConnectionStringBuilder(Store.Options.ConnectionString).DataSource;
        Assert.NotEqual(0, new FileInfo(file + "-wal").Length);
        return [.. await File.ReadAllBytesAsync(file), .. await File.ReadAllBytesAsync(file + "-wal")];
    }
}

public sealed class StolenPostgresDump() : StolenDatabaseTests(StoreProvider.PostgreSql)
{
    private protected override async Task<byte[]> StealAsync() => 
        Encoding.UTF8.GetBytes(await (await FixtureAsync<PostgresServer>()).DumpAsync(Store.Options));
}

/// <summary>Whoever has the database and not the key-encryption key has no secret.</summary>
public abstract class StolenDatabaseTests(StoreProvider provider) : StoreTests(provider)
{
    [Fact]
    public async Task It_holds_neither_a_secret_nor_its_plain_hash()
    {
        var created = await Store.CreateApplicationAsync();
        var added = TestStore.Succeed(await Store.Secrets.AddAsync(created.Application.Id, "second", null, Actor.System));
        await Store.Secrets.RevealAsync(created.Application.Id, created.SecretId, Actor.System);
        await Store.Secrets.RetireAsync(created.Application.Id, created.SecretId, Actor.System);

        var stolen = await StealAsync();
        AssertHolds(stolen, Encoding.UTF8.GetBytes(created.Application.ClientId)); // The search finds what is there.
        AssertHolds(stolen, Store.Vault.ComputeVerifier(added.Secret));
        foreach (var secret in new[] { created.Secret, added.Secret })
        {
            var text = Encoding.UTF8.GetBytes(secret.Reveal());
            AssertLacks(stolen, text);
            AssertLacks(stolen, SHA256.HashData(text));
            AssertLacks(stolen, text[4..]); // Without its prefix.
        }
    }

    [Fact]
    public async Task It_holds_no_signing_key()
    {
        var record = new SigningKeyVault(TestStore.Key).Generate(SigningKeyState.Active, Store.Clock.GetUtcNow());
        await Store.WriteAsync(db => db.SigningKeys.Add(record));

        var stolen = await StealAsync();
        AssertHolds(stolen, record.EncryptedPrivateKey);
        using var key = (ECDsa)new SigningKeyVault(TestStore.Key).Open(record);
        AssertLacks(stolen, key.ExportPkcs8PrivateKey());
        AssertLacks(stolen, key.ExportECPrivateKey());
        AssertLacks(stolen, key.ExportParameters(includePrivateParameters: true).D!);
    }

    [Fact]
    public async Task It_does_not_hold_the_key_encryption_key_or_anything_that_is_derived_from_it()
    {
        var key = KeyEncryptionKey.Generate(out var bytes);
        var options = await CreateOptionsAsync(migrated: false);
        await new StoreDatabase(options).PrepareAsync(key);
        var store = await TestStore.OpenAsync(options);
        var settings = await store.ReadAsync(db => db.Settings.Select(row => row.Value).ToListAsync());

        Assert.All(settings, value => AssertLacks(value, bytes));
        Assert.All(settings, value => AssertLacks(value, key.Derive("client-secret-verification")));
    }

    [Fact]
    public async Task Another_key_opens_nothing()
    {
        var created = await Store.CreateApplicationAsync();
        var record = new SigningKeyVault(TestStore.Key).Generate(SigningKeyState.Active, Store.Clock.GetUtcNow());
        var row = await Store.ReadAsync(db => db.ApplicationSecrets.SingleAsync());
        var other = KeyEncryptionKey.Generate(out _);

        Assert.Throws<AuthenticationTagMismatchException>(() => new ClientSecretVault(other).OpenCopy(row.Id, row.EncryptedCopy!));
        Assert.Throws<AuthenticationTagMismatchException>(() => new SigningKeyVault(other).Open(record));
        Assert.NotEqual(row.Verifier, new ClientSecretVault(other).ComputeVerifier(created.Secret));
    }

    [Fact]
    public async Task A_sealed_value_that_is_moved_to_another_row_does_not_open()
    {
        var victim = await Store.CreateApplicationAsync();
        var thief = await Store.CreateApplicationAsync();
        var loot = await Store.ReadAsync(db => db.ApplicationSecrets.Where(row => row.Id == victim.SecretId).Select(row => row.EncryptedCopy).SingleAsync());
        await Store.ReadAsync(db => db.ApplicationSecrets.Where(row => row.Id == thief.SecretId).ExecuteUpdateAsync(set => set.SetProperty(row => row.EncryptedCopy, loot)));

        await Assert.ThrowsAsync<AuthenticationTagMismatchException>(() => Store.Secrets.RevealAsync(thief.Application.Id, thief.SecretId, Actor.System));
    }

    /// <summary>All bytes that a thief finds.</summary>
    private protected abstract Task<byte[]> StealAsync();

    private static void AssertHolds(byte[] stolen, byte[] value) => Assert.Contains(Spellings(value), spelling => stolen.AsSpan().IndexOf(spelling) >= 0);

    private static void AssertLacks(byte[] stolen, byte[] value) => Assert.All(Spellings(value), spelling => Assert.True(stolen.AsSpan().IndexOf(spelling) < 0));

    // As bytes, and as the texts in which a dump or a column might write bytes.
    private static IEnumerable<byte[]> Spellings(byte[] value)
    {
        yield return value;
        yield return Encoding.ASCII.GetBytes(Convert.ToHexString(value));
        yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(value));
        yield return Encoding.ASCII.GetBytes(Convert.ToBase64String(value).TrimEnd('='));
        yield return Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(value));
    }
}
