using System.ComponentModel;
using System.Text.Json.Serialization;
using Gatehouse.Admin.Applications;

namespace Gatehouse.Admin.Registration;

/// <summary>What an initial access token is to allow (RFC 7591 §3).</summary>
internal sealed record InitialAccessTokenRequest
{
    [JsonPropertyName("label"), Description("Up to 64 characters that tell it from others.")]
    public string? Label { get; init; }

    [JsonPropertyName("apis"), Description("A registered application gets a contract for each.")]
    public required IReadOnlyList<ApiChoice> Apis { get; init; }

    [JsonPropertyName("scope"), Description("The scopes that registered applications may obtain at most. Default: all of the apis.")]
    public string? Scope { get; init; }

    [JsonPropertyName("max_uses"), Description("How many applications may be registered with it, 1 to 1000. Default: 1.")]
    public int? MaxUses { get; init; }

    [JsonPropertyName("expires_at"), Description("An instant in the future, up to a year ahead (RFC 3339).")]
    public required DateTimeOffset ExpiresAt { get; init; }
}

internal sealed record InitialAccessTokenBody
{
    [JsonPropertyName("id")]
    public required Guid Id { get; init; }

    [JsonPropertyName("label")]
    public required string Label { get; init; }

    [JsonPropertyName("scope")]
    public required string Scope { get; init; }

    [JsonPropertyName("uses_left"), JsonNumberHandling(JsonNumberHandling.Strict)]
    public required int UsesLeft { get; init; }

    [JsonPropertyName("expires_at")]
    public required DateTimeOffset ExpiresAt { get; init; }

    [JsonPropertyName("initial_access_token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("In the answer that makes it, and in no later one.")]
    public string? Token { get; init; }

    /// <summary>It may hold a secret.</summary>
    public override string ToString() => Id.ToString();
}
