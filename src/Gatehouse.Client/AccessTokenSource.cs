namespace Gatehouse.Client;

/// <summary>The one access token of an application, kept fresh for any number of callers on any number of threads. Make one per
/// application and share it: <c>IHttpClientFactory</c> renews its handlers every few minutes, and a token kept inside a handler would be
/// fetched anew each time.</summary>
/// <remarks>
/// <para>A call that finds a good token waits for nothing. Near the token's end one call starts the next request in the background and
/// all go on with the old token until it really ends, even when the server is down.</para>
/// <para>At most one token request is in flight. A caller that gives up leaves it running for the others.</para>
/// <para>After a failed request of any kind the server is left alone for 1 s, doubling to 30 s, or for what its Retry-After asks (at most
/// 5 minutes); calls in between fail with the same <see cref="AccessTokenException"/> unless the old token is still good.</para>
/// <para>An answer without <c>expires_in</c> counts as 60 s.</para>
/// </remarks>
public sealed class AccessTokenSource : IDisposable
{
    /// <summary>A token fetched because the API rejected the one before, and rejected itself when younger than this, is not replaced: a
    /// third would fare no better, and an API that rejects everything must not turn each call into a token request.</summary>
    private static readonly TimeSpan RestAfterReplacement = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _shutdown = new();
    private readonly TokenRequest _request;
    private readonly Backoff _backoff;
    private AccessToken? _current;
    private AccessToken? _replacement;
    private TaskCompletionSource<TokenOutcome>? _inFlight;
    private bool _wasRejected;
    private bool _disposed;

    /// <summary>Checks the options; asks for no token yet.</summary>
    /// <exception cref="ArgumentException">The options are not usable; the message lists every error.</exception>
    public AccessTokenSource(AccessTokenOptions options)
    {
        AccessTokenOptionsValidation.ThrowIfInvalid(options);
        Origins = new ApiOrigins(options.ApiOrigins);
        _request = new TokenRequest(options);
        _backoff = new Backoff(options.TimeProvider);
    }

    internal ApiOrigins Origins { get; }

    /// <exception cref="AccessTokenException">There is no good token and none can be had.</exception>
    internal ValueTask<AccessToken> GetAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var standing = _backoff.Standing();
            if (_current is { IsAlive: true } token)
            {
                if (token.IsRefreshDue && _inFlight is null && standing is null)
                    Start();
                return ValueTask.FromResult(token);
            }

            if (_inFlight is null && standing is not null)
                return ValueTask.FromException<AccessToken>(standing);
            return AwaitAsync((_inFlight ?? Start()).Task, cancellation);
        }
    }

    /// <summary>Drops a token that the API called invalid. However many calls report the same one, a single request replaces it.</summary>
    /// <returns>Whether it makes sense to ask for another.</returns>
    internal bool Reject(AccessToken token)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_current, token))
                return true;
            if (ReferenceEquals(_replacement, token) && token.Age < RestAfterReplacement)
                return false;
            _current = null;
            _wasRejected = true;
            return true;
        }
    }

    /// <summary>Ends a token request that is under way; those who wait for it get an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _shutdown.Cancel();
        _request.Dispose();
        _shutdown.Dispose();
    }

    private async ValueTask<AccessToken> AwaitAsync(Task<TokenOutcome> flight, CancellationToken cancellation)
    {
        var outcome = await flight.WaitAsync(cancellation);
        if (outcome.Succeeded)
            return outcome.Token;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            throw _backoff.Standing() ?? new AccessTokenException(outcome.Failure, TimeSpan.Zero);
        }
    }

    // Under the lock. The request belongs to no caller: neither its cancellation nor its execution context (logical call data, activity)
    // goes along.
    private TaskCompletionSource<TokenOutcome> Start()
    {
        var flight = new TaskCompletionSource<TokenOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (replaces, shutdown) = (_wasRejected, _shutdown.Token);
        _wasRejected = false;
        _inFlight = flight;
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = RunAsync(flight, replaces, shutdown), null);
        return flight;
    }

    private async Task RunAsync(TaskCompletionSource<TokenOutcome> flight, bool replaces, CancellationToken shutdown)
    {
        var outcome = await _request.SendAsync(shutdown);
        lock (_gate)
        {
            _inFlight = null;
            if (outcome.Succeeded)
            {
                _current = outcome.Token;
                _replacement = replaces ? outcome.Token : null;
                _backoff.Reset();
            }
            else
            {
                _backoff.Add(outcome.Failure);
            }
        }

        flight.SetResult(outcome);
    }
}
