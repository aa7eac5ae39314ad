namespace Gatehouse.Store.Model;

/// <summary>What a change row is about.</summary>
public enum ChangeKind
{
    /// <summary>Subject: the <c>client_id</c>.</summary>
    Application,

    /// <summary>Subject: the API's id.</summary>
    Api,

    /// <summary>Subject: the <c>kid</c>.</summary>
    SigningKey,

    /// <summary>Subject: the <c>jti</c>.</summary>
    RevokedToken,
}

/// <summary>One row of the change feed, written in the transaction of the change itself.</summary>
public sealed class Change
{
    public long Position { get; set; }

    public ChangeKind Kind { get; set; }

    public required string Subject { get; set; }

    /// <summary>When it was written, in Unix milliseconds: nodes measure their delay by it.</summary>
    public DateTimeOffset At { get; set; }
}

/// <summary>One access token, or all of one grant, that is refused until it would have expired anyway.</summary>
public sealed class RevokedToken
{
    private const string GrantPrefix = "grant:";

    public required string TokenId { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>The name under which all access tokens of a grant are refused. No <c>jti</c> has a colon.</summary>
    public static string OfGrant(string grantId) => GrantPrefix + grantId;
}
