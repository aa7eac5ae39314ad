using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Store.Model;

/// <summary>By what right an application registered itself.</summary>
public enum RegistrationKind
{
    /// <summary>With an initial access token (RFC 7591 §3).</summary>
    InitialToken,

    /// <summary>Without one; it waits for a person.</summary>
    Pending,

    /// <summary>Without one; it may begin at once.</summary>
    Open,

    /// <summary>By the document at its <c>client_id</c> (Client ID Metadata Documents).</summary>
    Document,
}

/// <summary>What is kept of an application that no person made.</summary>
public sealed class DynamicRegistration
{
    public Guid ApplicationId { get; set; }

    public Application? Application { get; set; }

    public RegistrationKind Kind { get; set; }

    /// <summary>SHA-256 of the registration access token (RFC 7592 §3), 32 bytes; null when there is none.</summary>
    public byte[]? AccessTokenKey { get; set; }

    /// <summary>The scopes of APIs that it may obtain at most, separated by blanks.</summary>
    public required string Scope { get; set; }

    /// <summary>The scopes out of which <see cref="Scope"/> was taken: an update cannot reach beyond them.</summary>
    public required string AllowedScope { get; set; }

    /// <summary>The <see cref="RegistrationDetails"/> as JSON.</summary>
    public string Details { get; set; } = string.Empty;

    /// <summary>When a person looked at it and approved it; null when nobody did.</summary>
    public DateTimeOffset? ApprovedAt { get; set; }

    /// <summary>When it goes away unless it is used or approved before; null once that happened.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
}

/// <summary>Registered metadata (RFC 7591 §2) that nothing depends on: it is told back to the client and to API Support.</summary>
public sealed record RegistrationDetails
{
    [JsonPropertyName("client_uri")]
    public string? ClientUri { get; init; }

    [JsonPropertyName("logo_uri")]
    public string? LogoUri { get; init; }

    [JsonPropertyName("tos_uri")]
    public string? TosUri { get; init; }

    [JsonPropertyName("policy_uri")]
    public string? PolicyUri { get; init; }

    [JsonPropertyName("contacts")]
    public IReadOnlyList<string>? Contacts { get; init; }

    [JsonPropertyName("software_id")]
    public string? SoftwareId { get; init; }

    [JsonPropertyName("software_version")]
    public string? SoftwareVersion { get; init; }

    public static RegistrationDetails Read(string json) =>
        (json.Length == 0 ? null : JsonSerializer.Deserialize(json, RegistrationJson.Default.RegistrationDetails)) ?? new RegistrationDetails();

    public string Write() => JsonSerializer.Serialize(this, RegistrationJson.Default.RegistrationDetails);
}

/// <summary>A permission to register applications: who has it may do so this often until then. Only its hash is kept.</summary>
public sealed class InitialAccessToken
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public Guid OrganizationId { get; set; }

    public string Label { get; set; } = string.Empty;

    /// <summary>SHA-256 of the token, 32 bytes.</summary>
    public required byte[] Key { get; set; }

    /// <summary>The plans under which registered applications get contracts.</summary>
    public List<Guid> PlanIds { get; set; } = [];

    /// <summary>The scopes that they may obtain at most, separated by blanks.</summary>
    public required string Scope { get; set; }

    public int UsesLeft { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RegistrationDetails))]
internal sealed partial class RegistrationJson : JsonSerializerContext;
