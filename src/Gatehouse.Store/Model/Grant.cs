namespace Gatehouse.Store.Model;

/// <summary>
/// What one sign-in of a user gave to an application: every token that descends from it carries its id, and ends with it (RFC 9700 §4.14.2).
/// </summary>
public sealed class Grant
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public Guid ApplicationId { get; set; }

    public Guid UserId { get; set; }

    /// <summary>The granted scopes, separated by blanks.</summary>
    public string Scope { get; set; } = string.Empty;

    /// <summary>What else was granted, as JSON; empty when there is nothing else.</summary>
    public string Content { get; set; } = string.Empty;

    /// <summary>The session in which it was given (<c>sid</c>); empty when it does not depend on one, as that of a device.</summary>
    public string SessionId { get; set; } = string.Empty;

    /// <summary>When the user proved who it is (<c>auth_time</c>).</summary>
    public DateTimeOffset AuthenticatedAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Absolute: no refresh reaches beyond it.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public ICollection<RefreshToken> RefreshTokens { get; init; } = [];
}

/// <summary>A refresh token, of which only the hash is kept.</summary>
public sealed class RefreshToken
{
    /// <summary>SHA-256 of the token, 32 bytes.</summary>
    public required byte[] Key { get; set; }

    public Guid GrantId { get; set; }

    public Grant? Grant { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Idle: it moves with every use of a token that is not rotated.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it was rotated away.</summary>
    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>What it was rotated to.</summary>
    public byte[]? Successor { get; set; }
}

/// <summary>What a user has allowed an application, remembered so that the same is not asked again.</summary>
public sealed class Consent
{
    public Guid ApplicationId { get; set; }

    public Application? Application { get; set; }

    public Guid UserId { get; set; }

    /// <summary>The allowed scopes, separated by blanks.</summary>
    public string Scope { get; set; } = string.Empty;

    /// <summary>The authorization details that were allowed, one request a line and the newest first; empty when there were none.</summary>
    public string Details { get; set; } = string.Empty;

    public DateTimeOffset GivenAt { get; set; }
}
