using System.Security.Cryptography;
using Gatehouse.Store.Changes;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>
/// The key that signs now. A first start makes one; a key that is there and cannot be opened stops the start, because silently making another
/// would turn every token in the field invalid.
/// </summary>
public sealed partial class SigningKeys(
    StoreDatabase database, SigningKeyVault vault, VerificationKeys verificationKeys, TimeProvider clock, ILogger<SigningKeys> log) : IHostedService
{
    private volatile SigningKey? _active;

    /// <summary>The active key.</summary>
    /// <exception cref="InvalidOperationException">The node has not started.</exception>
    public SigningKey Active => _active ?? throw new InvalidOperationException("No signing key is loaded: the node has not started.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var active = await FindActiveAsync(db, cancellationToken) ?? await CreateFirstAsync(db, cancellationToken);
        _active = Open(active);
        verificationKeys.Changed += ReloadInBackground;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        verificationKeys.Changed -= ReloadInBackground;
        return Task.CompletedTask;
    }

    private static Task<SigningKeyRecord?> FindActiveAsync(GatehouseDb db, CancellationToken cancellation) =>
        db.SigningKeys.AsNoTracking().Where(row => row.State == SigningKeyState.Active)
            .OrderByDescending(row => row.CreatedAt).ThenBy(row => row.Kid).FirstOrDefaultAsync(cancellation);

    private async Task<SigningKeyRecord> CreateFirstAsync(GatehouseDb db, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var record = vault.Generate(SigningKeyState.Active, now);
        db.SigningKeys.Add(record);
        db.Changes.Add(new Change { Kind = ChangeKind.SigningKey, Subject = record.Kid, At = now });
        await db.SaveChangesAsync(cancellation);
        await verificationKeys.ReloadAsync(cancellation);
        return record;
    }

    private SigningKey Open(SigningKeyRecord record)
    {
        try
        {
            return new SigningKey(record.Kid, vault.Open(record));
        }
        catch (CryptographicException exception)
        {
            throw new StoreUnusableException(
                $"The signing key {record.Kid} cannot be opened. Put back the key-encryption key it was written with; "
                + "a new signing key is never made silently.", exception);
        }
    }

    private void ReloadInBackground() => _ = ReloadAsync();

    private async Task ReloadAsync()
    {
        try
        {
            await using var db = database.Open();
            // The old key is left to the garbage collector: a signature may be under way on another thread.
            if (await FindActiveAsync(db, CancellationToken.None) is { } record && record.Kid != _active?.Kid) _active = Open(record);
        }
        catch (Exception exception)
        {
            LogKept(exception, Active.Kid); // Nobody awaits this: what is not told here is told nowhere.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The new signing key could not be loaded; this node goes on signing with {Kid}.")]
    private partial void LogKept(Exception exception, string kid);
}

/// <summary>A P-256 private key and its <c>kid</c>.</summary>
public sealed class SigningKey
{
    private readonly ECDsa _ecdsa;

    internal SigningKey(string kid, ECDsa ecdsa) => (Kid, _ecdsa) = (kid, ecdsa);

    public string Kid { get; }

    /// <summary>Signs with ES256 (RFC 7518 §3.4): 64 bytes, r and s.</summary>
    public void Sign(ReadOnlySpan<byte> input, Span<byte> signature) =>
        _ecdsa.SignData(input, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public override string ToString() => Kid;
}
