using Gatehouse.Store.Changes;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Secrets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Store.Fixture;

/// <summary>What one process remembers of the store, and the follower that keeps it true.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _keysChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Node(StoreDatabase database, TimeProvider clock, TimeSpan? pollInterval = null)
    {
        Applications = new ApplicationRegistry(database, NullLogger<ApplicationRegistry>.Instance);
        Apis = new ApiCatalog(database);
        RevokedTokens = new RevokedTokens(database, clock);
        Keys = new VerificationKeys(database);
        Keys.Changed += () => _keysChanged.TrySetResult();
        Follower = new ChangeFollower(database, Applications, Apis, RevokedTokens, Keys, Delay, clock, new TestLog<ChangeFollower>())
        {
            PollInterval = pollInterval ?? Timeout.InfiniteTimeSpan, RetryInterval = TimeSpan.FromMilliseconds(20),
        };
    }

    public ApplicationRegistry Applications { get; }

    public ApiCatalog Apis { get; }

    public RevokedTokens RevokedTokens { get; }

    public VerificationKeys Keys { get; }

    public ChangeDelay Delay { get; } = new();

    public ChangeFollower Follower { get; }

    /// <summary>Writes a signing key with its change row elsewhere and waits until this node has it; what was written before is applied then too.</summary>
    public async Task SeeNextChangeAsync(TestStore store, TimeSpan deadline)
    {
        var key = NewKey(store);
        await store.WriteAsync(db =>
        {
            db.SigningKeys.Add(key);
            db.Changes.Add(new Change { Kind = ChangeKind.SigningKey, Subject = key.Kid, At = store.Clock.GetUtcNow() });
        });
        await WaitForKeyAsync(deadline, key.Kid);
    }

    public static SigningKeyRecord NewKey(TestStore store) =>
        new SigningKeyVault(TestStore.Key).Generate(SigningKeyState.Announced, store.Clock.GetUtcNow());

    /// <summary>Returns when the node knows the key, or any key when none is named.</summary>
    public async Task WaitForKeyAsync(TimeSpan deadline, string? kid = null)
    {
        while (true)
        {
            // Taken before the look: a change after the look completes it.
            var changed = NextKeys();
            if (Keys.Current.Any(key => kid is null || key.Kid == kid)) return;
            await changed.WaitAsync(deadline);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Follower.StopAsync(CancellationToken.None);
        Follower.Dispose();
    }

    private Task NextKeys()
    {
        lock (_gate)
        {
            if (_keysChanged.Task.IsCompleted) _keysChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _keysChanged.Task;
        }
    }
}
