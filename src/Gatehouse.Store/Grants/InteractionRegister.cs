using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Model;

namespace Gatehouse.Store.Grants;

/// <summary>An interaction that was found, by its handle and the browser that began it.</summary>
public sealed record FoundInteraction(string Handle, AuthorizationInteraction Interaction)
{
    internal string Stored { get; init; } = string.Empty;
}

/// <summary>Carries authorization requests from the authorization server to the portal and back.</summary>
public sealed class InteractionRegister(HandleRegister handles, TimeProvider clock)
{
    /// <summary>The cookie that binds a request to the browser that began it. It lasts as long as the browser runs.</summary>
    public const string BrowserCookie = "__Host-gatehouse-browser";

    /// <summary>How long a pushed request waits for the browser (RFC 9126 §2.2 recommends 5 to 600 seconds).</summary>
    public static readonly TimeSpan PushedLifetime = TimeSpan.FromSeconds(60);

    /// <summary>Where the portal sends the browser when the user has decided; the parameter names the interaction.</summary>
    public const string ResumePath = "/as/authorization.oauth2/resume";

    private const int MaxHandleLength = 64;

    /// <summary>The portal's page on which the user decides.</summary>
    public static string PagePath(string organization, string handle) => $"/exchange/portals/{organization}/authorize/{handle}";

    public static string ResumeUrl(string handle) => $"{ResumePath}?interaction={Uri.EscapeDataString(handle)}";

    /// <summary>A new value for the cookie: 256 random bits.</summary>
    public static string NewBrowser() => HandleRegister.NewValue();

    /// <summary>What is kept of the cookie.</summary>
    public static string HashOf(string browser) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(browser)));

    public Task<string> BeginAsync(AuthorizationInteraction interaction, CancellationToken cancellation) =>
        handles.IssueAsync(HandleKind.Interaction, GrantJson.Write(interaction), clock.GetUtcNow() + AuthorizationInteraction.Lifetime, cancellation);

    /// <summary>Keeps a request that the application pushed (RFC 9126 §2.2), for a minute.</summary>
    public Task<string> PushAsync(AuthorizationInteraction interaction, CancellationToken cancellation) =>
        handles.IssueAsync(HandleKind.PushedRequest, GrantJson.Write(interaction), clock.GetUtcNow() + PushedLifetime, cancellation);

    /// <summary>Takes a pushed request, once; null when it is unknown, expired, taken already, or another application's.</summary>
    public async Task<AuthorizationInteraction?> TakePushedAsync(string handle, string clientId, CancellationToken cancellation)
    {
        if (handle.Length > MaxHandleLength || await handles.FindAsync(HandleKind.PushedRequest, handle, cancellation) is not { UsedAt: null } row) return null;
        var pushed = Read(row);
        return pushed.ClientId == clientId && await handles.TryUseAsync(HandleKind.PushedRequest, handle, cancellation) ? pushed : null;
    }

    /// <summary>Null when it is unknown, expired, answered already, or begun by another browser.</summary>
    public async Task<FoundInteraction?> FindAsync(string handle, string? browser, CancellationToken cancellation)
    {
        if (browser is null || handle.Length > MaxHandleLength) return null;
        if (await handles.FindAsync(HandleKind.Interaction, handle, cancellation) is not { UsedAt: null } row) return null;
        var interaction = Read(row);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(interaction.Browser), Encoding.ASCII.GetBytes(HashOf(browser)))
            ? new FoundInteraction(handle, interaction) { Stored = row.Content } : null;
    }

    /// <summary>Writes the verdict down; false when it was decided or answered meanwhile.</summary>
    public Task<bool> DecideAsync(FoundInteraction found, AuthorizationInteraction decided, CancellationToken cancellation) =>
        handles.TryReplaceAsync(HandleKind.Interaction, found.Handle, found.Stored, GrantJson.Write(decided), cancellation);

    /// <summary>Ends it without a grant; false when it was answered meanwhile.</summary>
    public Task<bool> CloseAsync(FoundInteraction found, CancellationToken cancellation) =>
        handles.TryUseAsync(HandleKind.Interaction, found.Handle, cancellation);

    private static AuthorizationInteraction Read(Handle row) =>
        JsonSerializer.Deserialize(row.Content, GrantJson.Default.AuthorizationInteraction)
        ?? throw new InvalidOperationException("An interaction is stored as null.");
}
