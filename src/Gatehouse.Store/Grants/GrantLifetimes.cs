namespace Gatehouse.Store.Grants;

/// <summary>How long what a user has given lasts without the user (RFC 9700 §4.14.2).</summary>
public sealed record GrantLifetimes
{
    /// <summary>However often it is refreshed, a grant ends after this. Default: 90 days.</summary>
    public TimeSpan Absolute { get; init; } = TimeSpan.FromDays(90);

    /// <summary>A refresh token that is not used for this long has expired; longer than <see cref="Absolute"/> has no effect. Default: 30 days.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromDays(30);

    internal DateTimeOffset IdleEnd(DateTimeOffset grantEnd, DateTimeOffset now) => now + Idle < grantEnd ? now + Idle : grantEnd;
}
