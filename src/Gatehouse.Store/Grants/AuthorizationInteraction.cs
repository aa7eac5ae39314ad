using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Store.Model;

namespace Gatehouse.Store.Grants;

/// <summary>How the user's part of an authorization request ended.</summary>
public enum AuthorizationVerdict
{
    Pending,
    Granted,
    Denied,
    LoginRequired,
    ConsentRequired,
}

/// <summary>
/// A valid authorization request on its way through sign-in and consent: the authorization server writes it, the portal decides it, the
/// authorization server answers it.
/// </summary>
public sealed record AuthorizationInteraction
{
    /// <summary>How long the user has for sign-in and consent.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    public required Guid ApplicationId { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Proven to be the application's.</summary>
    public required string RedirectUri { get; init; }

    public required string ResponseMode { get; init; }

    public string? State { get; init; }

    /// <summary>The scopes that are asked for, separated by blanks.</summary>
    public required string Scope { get; init; }

    /// <summary>The APIs that are asked for by name (RFC 8707 §2.1); empty: every one that owns a scope.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>What is asked for in detail, as <see cref="AuthorizationDetails.Text"/>; null: nothing.</summary>
    public string? Details { get; init; }

    /// <summary>By S256 (RFC 7636 §4.2).</summary>
    public required string CodeChallenge { get; init; }

    public string? Nonce { get; init; }

    /// <summary>The thumbprint of the DPoP key that the code is bound to (RFC 9449 §10).</summary>
    public string? DpopKey { get; init; }

    /// <summary>The values of <c>prompt</c> (OpenID Connect Core §3.1.2.1).</summary>
    public IReadOnlyList<string> Prompts { get; init; } = [];

    public long? MaxAgeSeconds { get; init; }

    public string? LoginHint { get; init; }

    /// <summary>The user that an ID token of ours names (<c>id_token_hint</c>): nobody else is answered for. Null: anybody.</summary>
    public Guid? HintedUserId { get; init; }

    /// <summary>
    /// Nothing proves that it is this application that asks: it is public, and its redirect URI is one that any program on the device could
    /// take. The user is asked every time (RFC 8252 §8.6, RFC 6749 §10.2).
    /// </summary>
    public bool IsUnproven { get; init; }

    /// <summary>The application registered itself and no person has approved it: its errors are shown on a page and not sent on.</summary>
    public bool IsUnverified { get; init; }

    /// <summary>The hash of the cookie of the browser that began it: nobody else can end it.</summary>
    public required string Browser { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public AuthorizationVerdict Verdict { get; init; }

    public Guid UserId { get; init; }

    public DateTimeOffset AuthenticatedAt { get; init; }

    /// <summary>The session in which the user decided (<c>sid</c>).</summary>
    public string? SessionId { get; init; }
}

/// <summary>What an authorization code stands for.</summary>
public sealed record AuthorizationCode
{
    /// <summary>RFC 6749 §4.1.2 recommends ten minutes at most; FAPI 2.0 §5.3.2.1 asks for sixty seconds.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    public required Guid GrantId { get; init; }

    public required Guid ApplicationId { get; init; }

    public required Guid UserId { get; init; }

    public required string RedirectUri { get; init; }

    public required string CodeChallenge { get; init; }

    public required string Scope { get; init; }

    /// <summary>The APIs that were asked for by name; empty: every one that owns a scope.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>What is granted in detail, as <see cref="AuthorizationDetails.Text"/>; null: nothing.</summary>
    public string? Details { get; init; }

    public string? Nonce { get; init; }

    /// <summary>The thumbprint of the DPoP key that the code is bound to (RFC 9449 §10).</summary>
    public string? DpopKey { get; init; }

    public required DateTimeOffset AuthenticatedAt { get; init; }

    /// <summary>The session in which the user decided (<c>sid</c>).</summary>
    public string? SessionId { get; init; }
}

/// <summary>What a grant holds besides its scope.</summary>
public sealed record GrantContent
{
    /// <summary>What its refresh tokens are bound to; null: nothing.</summary>
    [JsonIgnore]
    public Confirmation? Confirmation
    {
        get => Confirmation.OfDpopKey(DpopKey) ?? Confirmation.OfCertificate(Certificate);
        init
        {
            DpopKey = value is { Method: ConfirmationMethod.DpopKey } ? value.Thumbprint : null;
            Certificate = value is { Method: ConfirmationMethod.Certificate } ? value.Thumbprint : null;
        }
    }

    /// <summary>How the database spells <see cref="Confirmation"/>.</summary>
    [JsonInclude]
    internal string? DpopKey { get; init; }

    /// <inheritdoc cref="DpopKey"/>
    [JsonInclude]
    internal string? Certificate { get; init; }

    /// <summary>The APIs that were asked for by name; empty: every one that owns a scope.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>What is granted in detail, as <see cref="AuthorizationDetails.Text"/>; null: nothing.</summary>
    public string? Details { get; init; }

    public static GrantContent Of(Grant grant) =>
        (grant.Content.Length == 0 ? null : JsonSerializer.Deserialize(grant.Content, GrantJson.Default.GrantContent)) ?? new GrantContent();
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuthorizationInteraction))]
[JsonSerializable(typeof(AuthorizationCode))]
[JsonSerializable(typeof(GrantContent))]
[JsonSerializable(typeof(DeviceRequest))]
[JsonSerializable(typeof(DevicePolling))]
internal sealed partial class GrantJson : JsonSerializerContext
{
    public static string Write(AuthorizationInteraction interaction) => JsonSerializer.Serialize(interaction, Default.AuthorizationInteraction);

    public static string Write(AuthorizationCode code) => JsonSerializer.Serialize(code, Default.AuthorizationCode);

    public static string Write(GrantContent content) => JsonSerializer.Serialize(content, Default.GrantContent);

    public static string Write(DeviceRequest request) => JsonSerializer.Serialize(request, Default.DeviceRequest);

    public static string Write(DevicePolling polling) => JsonSerializer.Serialize(polling, Default.DevicePolling);
}
