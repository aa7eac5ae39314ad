using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Secrets;

namespace Gatehouse.Bench.Harness.Seeding;

/// <summary>Fills the store of a node that is not running with what the product itself would have written, only faster than its Admin API.</summary>
/// <param name="key">The node's key-encryption key: verifiers and sealed copies of secrets are real.</param>
internal sealed class StoreSeed(BulkWriter bulk, StoreOptions options, KeyEncryptionKey key, TimeProvider clock)
{
    private const int Batch = 50_000;

    private static readonly TimeSpan FirstExpiry = TimeSpan.FromHours(3);
    private static readonly TimeSpan LastExpiry = TimeSpan.FromHours(23);

    private readonly ClientSecretVault _vault = new(key);

    /// <summary>Copies of one registered application, with ids and secrets of their own.</summary>
    public async Task AddApplicationsAsync(string clientId, SeededCredentials credentials, int count, CancellationToken cancellation)
    {
        var template = await Template.ReadAsync(bulk, options, clientId, cancellation);
        for (var first = 0; first < count; first += Batch)
        {
            var numbers = Enumerable.Range(first, Math.Min(Batch, count - first));
            var ids = numbers.ToDictionary(number => number, _ => Guid.CreateVersion7());
            foreach (var row in template)
                await bulk.WriteAsync(row.Table, row.Columns, numbers.Select(number => Copy(row, number, ids[number], credentials)), cancellation);
        }
    }

    /// <summary>Revoked tokens that expire hours from now: random ones, and those that are named.</summary>
    public Task AddRevokedAsync(int count, IReadOnlyList<string> tokenIds, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var step = (LastExpiry - FirstExpiry) / Math.Max(1, count);
        var rows = Enumerable.Range(0, count).Select(number => new object[]
        {
            number < tokenIds.Count ? tokenIds[number] : Protocol.AccessTokens.AccessTokenClaims.NewTokenId(),
            (now + FirstExpiry + number * step).ToUnixTimeMilliseconds(),
        });
        return bulk.WriteAsync("RevokedTokens", ["TokenId", "ExpiresAt"], rows, cancellation);
    }

    private object[] Copy(TemplateRow row, int number, Guid application, SeededCredentials credentials)
    {
        var isApplication = row.Table == "Applications";
        var own = isApplication ? application : Guid.CreateVersion7();
        return row.With((column, value) => column switch
        {
            "Id" => bulk.Id(own),
            "ApplicationId" => bulk.Id(application),
            "ClientId" when isApplication => credentials.ClientId(number),
            "Name" when isApplication => $"Seeded {number}",
            "Verifier" => _vault.ComputeVerifier(new ClientSecret(credentials.ClientSecret(number))),
            "EncryptedCopy" when value is not DBNull => _vault.SealCopy(own, new ClientSecret(credentials.ClientSecret(number))),
            "LastUsedAt" => DBNull.Value,
            _ => value,
        });
    }
}
