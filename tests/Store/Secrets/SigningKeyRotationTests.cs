using System.Security.Cryptography;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Secrets;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Secrets;

public sealed class SigningKeyRotationOnSqlite() : SigningKeyRotationTests(StoreProvider.Sqlite);

public sealed class SigningKeyRotationOnPostgres() : SigningKeyRotationTests(StoreProvider.PostgreSql);

/// <summary>Keys are announced before they sign and published after they signed, so that no token ever fails.</summary>
public abstract class SigningKeyRotationTests(StoreProvider provider) : StoreTests(provider)
{
    private static readonly RotationSchedule Schedule = new();

    private SigningKeyRotation Rotation => new(Store.Database, new SigningKeyVault(TestStore.Key), Schedule, Store.Clock);

    [Fact]
    public async Task A_key_is_announced_then_signs_then_retires_then_is_gone()
    {
        var first = await Rotation.FindActiveAsync(SigningAlgorithms.Default, default);
        Assert.False(await Rotation.StepAsync());

        Store.Clock.Advance(Schedule.RotateAfter);
        Assert.True(await Rotation.StepAsync());
        Assert.False(await Rotation.StepAsync());
        Assert.Equal(first.Kid, await ActiveKidAsync());
        Assert.Equal([(SigningKeyState.Announced, 1), (SigningKeyState.Active, 1)], await CountAsync());

        Store.Clock.Advance(Schedule.AnnounceFor);
        Assert.True(await Rotation.StepAsync());
        var second = await ActiveKidAsync();
        Assert.NotEqual(first.Kid, second);
        Assert.Equal([(SigningKeyState.Active, 1), (SigningKeyState.Retired, 1)], await CountAsync());

        Store.Clock.Advance(RotationSchedule.RetireFor);
        Assert.True(await Rotation.StepAsync());
        Assert.Equal([(SigningKeyState.Active, 1)], await CountAsync());
        Assert.Equal(second, await ActiveKidAsync());
    }

    [Fact]
    public async Task A_command_announces_and_another_lets_the_new_key_sign_at_once()
    {
        var first = await Rotation.FindActiveAsync(SigningAlgorithms.Default, default);
        Assert.True(await Rotation.AnnounceAsync());
        Assert.False(await Rotation.AnnounceAsync());
        Assert.Equal(first.Kid, await ActiveKidAsync());

        Assert.True(await Rotation.ActivateAsync());
        Assert.NotEqual(first.Kid, await ActiveKidAsync());
        Assert.False(await Rotation.ActivateAsync());
    }

    [Fact]
    public async Task Of_many_nodes_one_does_the_step()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Rotation.FindActiveAsync(SigningAlgorithms.Default, default)));
        Store.Clock.Advance(Schedule.RotateAfter);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Rotation.StepAsync()));
        Assert.Equal([(SigningKeyState.Announced, 1), (SigningKeyState.Active, 1)], await CountAsync());
    }

    [Fact]
    public async Task Each_algorithm_has_keys_of_its_own_that_are_published()
    {
        foreach (var algorithm in SigningAlgorithms.All) await Rotation.FindActiveAsync(algorithm, default);
        var keys = new VerificationKeys(Store.Database);
        await keys.ReloadAsync(default);

        Assert.Equal(SigningAlgorithms.All.Order(), keys.Current.Select(key => Assert.Single(key.Key.Algorithms)).Order());
        Assert.All(keys.Current, key => Assert.Equal(key.Kid, key.Key.Kid));
        Assert.All(keys.Current, key => Assert.All(PublicJwk.SecretMembers, secret => Assert.DoesNotContain($"\"{secret}\":", key.Json, StringComparison.Ordinal)));
    }

    // With what they have prepared for many signatures.
    [Fact]
    public async Task Keys_read_again_are_the_same_ones()
    {
        foreach (var algorithm in SigningAlgorithms.All) await Rotation.FindActiveAsync(algorithm, default);
        var keys = new VerificationKeys(Store.Database);
        await keys.ReloadAsync(default);
        Assert.All(keys.Current, key => Assert.Equal(key.Key.Algorithms is [SigningAlgorithms.Default], key.Key.ExpectsMany));

        var before = keys.Current;
        await keys.ReloadAsync(default);
        Assert.NotSame(before, keys.Current);
        Assert.All(keys.Current, key => Assert.Same(before.Single(one => one.Kid == key.Kid), key));
    }

    [Fact]
    public async Task A_key_of_an_older_version_is_read_as_before()
    {
        var options = await CreateOptionsAsync(migrated: false);
        var database = new StoreDatabase(options);
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (kid, _) = PublicJwkText.Of(pair);
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        await using (var db = database.Open())
        {
            await db.Database.MigrateAsync("FederatedIdentities");
            await db.Database.ExecuteSqlAsync(
                $"""INSERT INTO "SigningKeys" ("Kid", "X", "Y", "EncryptedPrivateKey", "State", "CreatedAt") VALUES ({kid}, {Encode(point.X!)}, {Encode(point.Y!)}, {new byte[] { 1 }}, {1}, {1000L})""");
            await db.Database.MigrateAsync();
        }
        var keys = new VerificationKeys(database);
        await keys.ReloadAsync(default);

        var input = new byte[] { 1, 2, 3 };
        var signature = pair.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        var read = Assert.Single(keys.Current);
        Assert.Equal((kid, kid), (read.Kid, read.Key.Kid));
        Assert.True(read.Key.Verify("ES256", input, signature));

        static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }

    private async Task<string> ActiveKidAsync() => (await Rotation.FindActiveAsync(SigningAlgorithms.Default, default)).Kid;

    private async Task<List<(SigningKeyState State, int Count)>> CountAsync()
    {
        await using var db = Store.Database.Open();
        return [.. (await db.SigningKeys.AsNoTracking().ToListAsync()).GroupBy(row => row.State).OrderBy(group => group.Key).Select(group => (group.Key, group.Count()))];
    }
}
