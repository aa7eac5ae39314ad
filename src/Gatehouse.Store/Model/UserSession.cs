namespace Gatehouse.Store.Model;

/// <summary>A sign-in of a person in one browser. It has a row, so that signing out ends it for good, whoever holds a copy of the cookie.</summary>
public sealed class UserSession
{
    /// <summary>SHA-256 of the secret in the cookie, 32 bytes.</summary>
    public required byte[] Key { get; set; }

    public Guid UserId { get; set; }

    /// <summary>
    /// What applications know it by (<c>sid</c> of OpenID Connect). It is not made of the secret and opens nothing, and it stays the same when
    /// the same person gives the password again in this browser.
    /// </summary>
    public required string PublicId { get; set; }

    /// <summary>When the password was last given.</summary>
    public DateTimeOffset BegunAt { get; set; }
}

/// <summary>An application that must be told that a session has ended (OpenID Connect Back-Channel Logout §2.5); gone when it was told.</summary>
public sealed class LogoutNotice
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public Guid ApplicationId { get; set; }

    public Application? Application { get; set; }

    /// <summary>The <c>sub</c>.</summary>
    public Guid UserId { get; set; }

    /// <summary>The <c>sid</c>.</summary>
    public required string SessionId { get; set; }

    /// <summary>Tries that began.</summary>
    public int Attempts { get; set; }

    /// <summary>When somebody may try: in the future while one tries, so that a try that nobody finished is made again.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>After this nobody tries any more.</summary>
    public DateTimeOffset ExpiresAt { get; set; }
}
