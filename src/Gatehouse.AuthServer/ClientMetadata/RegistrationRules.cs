using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.AuthServer.ClientMetadata;

/// <summary>Who may register an application by itself (RFC 7591 §3).</summary>
public enum RegistrationMode
{
    /// <summary>Nobody; there is no endpoint.</summary>
    Off,

    /// <summary>Who has an initial access token, which says what the application gets.</summary>
    InitialAccessToken,

    /// <summary>Also everybody else, but such an application waits for a person's approval.</summary>
    Pending,

    /// <summary>Everybody, and the application may begin at once: for MCP clients.</summary>
    Open,
}

/// <summary>Whether and how applications that no person made may come here.</summary>
public sealed record RegistrationRules
{
    /// <summary>Default: off.</summary>
    public RegistrationMode Mode { get; init; }

    /// <summary>The slug of the organization that applications without an initial access token go into.</summary>
    public string Organization { get; init; } = string.Empty;

    /// <summary>The APIs that those get, as <c>api</c> (when it has one plan) or <c>api/plan</c>.</summary>
    public IReadOnlyList<string> Apis { get; init; } = [];

    /// <summary>The scopes that those may obtain at most; empty: all of those APIs.</summary>
    public ScopeSet Scopes { get; init; } = ScopeSet.Empty;

    /// <summary>
    /// The types of authorization details that applications without a person behind them may use (RFC 9396 §10), as far as they ask for them.
    /// Default: none; what they ask for is ignored.
    /// </summary>
    public IReadOnlyList<string> AuthorizationDetailsTypes { get; init; } = [];

    /// <summary>The most applications of one organization that registered themselves, 1 or more. Default: 1000.</summary>
    public int MaxApplications { get; init; } = 1000;

    /// <summary>After how long one that was neither used nor approved goes away. Default: 30 days.</summary>
    public TimeSpan UnusedFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many registrations, or documents not seen before, one source may cause in an hour. Default: 20.</summary>
    public int PerHour { get; init; } = 20;

    /// <summary>
    /// The hosts whose documents are clients (Client ID Metadata Documents), or <c>*</c> for every host. Default: none, the capability is off.
    /// </summary>
    public IReadOnlyList<string> DocumentHosts { get; init; } = [];

    public bool TakesDocuments => DocumentHosts.Count > 0;

    /// <summary>Whether a URL is of a host whose documents are taken.</summary>
    public bool TakesDocumentsOf(Uri url) =>
        DocumentHosts.Any(host => host == "*" || string.Equals(host, url.Host, StringComparison.OrdinalIgnoreCase));
}
