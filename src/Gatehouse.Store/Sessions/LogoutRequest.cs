using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Handles;

namespace Gatehouse.Store.Sessions;

/// <summary>
/// An application's valid request to sign the user out (OpenID Connect RP-Initiated Logout §2) on its way through the portal: the
/// authorization server writes it, the portal asks and ends the session, the authorization server sends the browser back.
/// </summary>
public sealed record LogoutRequest
{
    /// <summary>How long the user has to answer.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>The slug of the organization whose portal asks the user.</summary>
    public required string Organization { get; init; }

    /// <summary>Who asks; empty when nothing says so.</summary>
    public string ApplicationName { get; init; } = string.Empty;

    /// <summary>Proven to be the application's; null: the browser goes nowhere.</summary>
    public string? RedirectUri { get; init; }

    public string? State { get; init; }

    /// <summary>The user and the session that an ID token of ours names; null when there was none.</summary>
    public Guid? UserId { get; init; }

    public string? SessionId { get; init; }

    /// <summary>The application registered itself and no person has approved it: the browser goes back only from the session that is named.</summary>
    public bool IsUnverified { get; init; }

    /// <summary>The hash of the cookie of the browser that began it: nobody else can end it.</summary>
    public required string Browser { get; init; }

    /// <summary>Whether the session has ended and the browser may go on.</summary>
    public bool IsDone { get; init; }
}

/// <summary>A logout request that was found, by its handle and the browser that began it.</summary>
public sealed record FoundLogout(string Handle, LogoutRequest Request)
{
    internal string Stored { get; init; } = string.Empty;
}

/// <summary>Carries logout requests from the authorization server to the portal and back.</summary>
public sealed class LogoutRequestRegister(HandleRegister handles, TimeProvider clock)
{
    /// <summary>Where the portal sends the browser when the session has ended; the parameter names the request.</summary>
    public const string ResumePath = "/idp/init_logout.openid/resume";

    private const int MaxHandleLength = 64;

    /// <summary>The portal's page that asks the user.</summary>
    public static string PagePath(string organization, string handle) => $"/exchange/portals/{organization}/logout/{handle}";

    public static string ResumeUrl(string handle) => $"{ResumePath}?logout={Uri.EscapeDataString(handle)}";

    public Task<string> BeginAsync(LogoutRequest request, CancellationToken cancellation) =>
        handles.IssueAsync(HandleKind.LogoutRequest, Write(request), clock.GetUtcNow() + LogoutRequest.Lifetime, cancellation);

    /// <summary>Null when it is unknown, expired, answered already, or begun by another browser.</summary>
    public async Task<FoundLogout?> FindAsync(string handle, string? browser, CancellationToken cancellation)
    {
        if (browser is null || handle.Length > MaxHandleLength) return null;
        if (await handles.FindAsync(HandleKind.LogoutRequest, handle, cancellation) is not { UsedAt: null } row) return null;
        var request = JsonSerializer.Deserialize(row.Content, LogoutJson.Default.LogoutRequest)!;
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(request.Browser), Encoding.ASCII.GetBytes(InteractionRegister.HashOf(browser)))
            ? new FoundLogout(handle, request) { Stored = row.Content } : null;
    }

    /// <summary>The session has ended: the browser may go on.</summary>
    public Task<bool> FinishAsync(FoundLogout found, CancellationToken cancellation) =>
        handles.TryReplaceAsync(HandleKind.LogoutRequest, found.Handle, found.Stored, Write(found.Request with { IsDone = true }), cancellation);

    /// <summary>Ends the request; false when somebody else did.</summary>
    public Task<bool> CloseAsync(FoundLogout found, CancellationToken cancellation) =>
        handles.TryUseAsync(HandleKind.LogoutRequest, found.Handle, cancellation);

    private static string Write(LogoutRequest request) => JsonSerializer.Serialize(request, LogoutJson.Default.LogoutRequest);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogoutRequest))]
internal sealed partial class LogoutJson : JsonSerializerContext;
