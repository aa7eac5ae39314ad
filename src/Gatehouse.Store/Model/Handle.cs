namespace Gatehouse.Store.Model;

/// <summary>
/// An opaque value that was handed out (a code, a reference token), or a value that may be shown once (a <c>jti</c>). Only its hash is kept,
/// so that whoever reads the database can use none of them.
/// </summary>
public sealed class Handle
{
    /// <summary>SHA-256 of the kind and the value, 32 bytes.</summary>
    public required byte[] Key { get; set; }

    /// <summary>What it stands for, as JSON; empty for a value that only must not come twice.</summary>
    public string Content { get; set; } = string.Empty;

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When its one use took place. It is kept until it expires, so that a second use is recognised.</summary>
    public DateTimeOffset? UsedAt { get; set; }
}
