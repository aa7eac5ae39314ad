namespace Gatehouse.Client;

/// <summary>A bearer token and its place in time, on a clock that nobody can set back.</summary>
internal sealed class AccessToken
{
    private readonly TimeProvider _time;
    private readonly long _requestedAt;
    private readonly TimeSpan _lifetime;
    private readonly TimeSpan _refreshAfter;

    /// <param name="value">The token as it goes into the Authorization header.</param>
    /// <param name="lifetime">The answer's <c>expires_in</c>.</param>
    /// <param name="refreshMargin">How long before its end a new token is wanted; a tenth of the lifetime where that is shorter.</param>
    /// <param name="requestedAt">Timestamp of the request, not of the answer: the server's count began in between, so this end is never
    /// too late.</param>
    /// <param name="time">The clock of that timestamp.</param>
    public AccessToken(string value, TimeSpan lifetime, TimeSpan refreshMargin, long requestedAt, TimeProvider time)
    {
        Value = value;
        _lifetime = lifetime;
        _requestedAt = requestedAt;
        _time = time;
        var margin = refreshMargin < lifetime / 10 ? refreshMargin : lifetime / 10;
        // A fleet started by one deployment would otherwise ask for new tokens in the same second, every day.
        _refreshAfter = lifetime - margin * Jitter.Between(1, 1.5);
    }

    public string Value { get; }

    public TimeSpan Age => _time.GetElapsedTime(_requestedAt);

    public bool IsAlive => Age < _lifetime;

    public bool IsRefreshDue => Age >= _refreshAfter;

    public override string ToString() => "[access token]";
}
