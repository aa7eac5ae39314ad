using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Gatehouse.Admin.Answers;

namespace Gatehouse.Admin.Secrets;

internal enum SecretState
{
    Valid,
    Expired,
    Retired,
}

internal sealed record SecretRequest
{
    [JsonPropertyName("label"), Description("Up to 64 characters that tell it from others.")]
    public string? Label { get; init; }

    [JsonPropertyName("expires_at"), Description("An instant in the future (RFC 3339). Left out: never.")]
    public DateTimeOffset? ExpiresAt { get; init; }
}

internal record SecretBody
{
    [JsonPropertyName("id")]
    public required Guid Id { get; init; }

    [JsonPropertyName("label")]
    public required string Label { get; init; }

    [JsonPropertyName("state"), JsonConverter(typeof(SnakeCase<SecretState>))]
    public required SecretState State { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("expires_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Absent: never.")]
    public DateTimeOffset? ExpiresAt { get; init; }

    [JsonPropertyName("retired_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? RetiredAt { get; init; }

    [JsonPropertyName("last_used_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("Absent: never. Of a secret in use it may be a minute old.")]
    public DateTimeOffset? LastUsedAt { get; init; }
}

internal sealed record AddedSecretBody : SecretBody
{
    [SetsRequiredMembers]
    internal AddedSecretBody(SecretBody secret, string clientSecret)
        : base(secret) => ClientSecret = clientSecret;

    [JsonPropertyName("client_secret")]
    public required string ClientSecret { get; init; }

    /// <summary>It holds a secret.</summary>
    public override string ToString() => Id.ToString();
}

internal sealed record SecretList
{
    [JsonPropertyName("secrets")]
    public required IReadOnlyList<SecretBody> Secrets { get; init; }
}
