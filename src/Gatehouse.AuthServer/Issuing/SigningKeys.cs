using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Secrets;
using Gatehouse.Store.Upkeep;
using Microsoft.Extensions.Logging;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>
/// The keys that sign now. A first start makes one; a key that is there and cannot be opened stops the start, because silently making another
/// would turn every token in the field invalid. Keys of other algorithms are made when they are first needed.
/// </summary>
public sealed partial class SigningKeys(
    SigningKeyRotation rotation, SigningKeyVault vault, VerificationKeys verificationKeys, TimeProvider clock, ILogger<SigningKeys> log)
    : RegularWork(TimeSpan.FromMinutes(1), clock)
{
    private readonly ConcurrentDictionary<string, SigningKey> _active = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The active key of the usual algorithm.</summary>
    /// <exception cref="InvalidOperationException">The node has not started.</exception>
    public SigningKey Active => _active.TryGetValue(SigningAlgorithms.Default, out var key) ? key
        : throw new InvalidOperationException("No signing key is loaded: the node has not started.");

    /// <summary>The active key of an algorithm.</summary>
    public ValueTask<SigningKey> FindAsync(string algorithm, CancellationToken cancellation) =>
        _active.TryGetValue(algorithm, out var key) ? new(key) : new(LoadAsync(algorithm, cancellation));

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(SigningAlgorithms.Default, cancellationToken);
        await verificationKeys.ReloadAsync(cancellationToken);
        verificationKeys.Changed += ReloadInBackground;
        await base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        verificationKeys.Changed -= ReloadInBackground;
        return base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    // The schedule: every node looks, one of them does it.
    protected override async Task WorkAsync(CancellationToken cancellation)
    {
        if (await rotation.StepAsync(cancellation)) LogRotated();
        await ReloadAsync(); // A change that could not be followed when it was announced is followed now.
    }

    protected override void TellDelayed(Exception exception) => LogDelayed(exception);

    private async Task<SigningKey> LoadAsync(string algorithm, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var record = await rotation.FindActiveAsync(algorithm, cancellation);
            // A key that was made just now is published before it signs: whoever gets the first token may ask for the keys at once.
            if (verificationKeys.Current.All(key => key.Kid != record.Kid)) await verificationKeys.ReloadAsync(cancellation);
            // The old key is left to the garbage collector: a signature may be under way on another thread.
            return _active.TryGetValue(algorithm, out var known) && known.Kid == record.Kid ? known : _active[algorithm] = Open(record);
        }
        finally
        {
            _turn.Release();
        }
    }

    private SigningKey Open(SigningKeyRecord record)
    {
        try
        {
            return new SigningKey(record.Kid, record.Algorithm, vault.Open(record));
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
            foreach (var algorithm in _active.Keys) await LoadAsync(algorithm, CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogKept(exception, Active.Kid); // Nobody awaits this: what is not told here is told nowhere.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The new signing keys could not be loaded; this node goes on signing with {Kid}.")]
    private partial void LogKept(Exception exception, string kid);

    [LoggerMessage(Level = LogLevel.Information, Message = "The signing keys went a step on: announced, active, retired or gone.")]
    private partial void LogRotated();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The signing keys could not be looked after; the next minute tries again.")]
    private partial void LogDelayed(Exception exception);
}
