using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Store.Model;

/// <summary>
/// A rule by which a workload that has no secret is an application: whom a trusted issuer must say it is (RFC 7523 §2.1).
/// </summary>
public sealed record FederatedIdentity
{
    /// <summary>The most rules of one application.</summary>
    public const int MaxRules = 20;

    [JsonPropertyName("issuer"), Description("The exact iss of the assertion.")]
    public required string Issuer { get; init; }

    [JsonPropertyName("jwks_uri"), Description("Where the issuer publishes its keys: an https URL.")]
    public required string JwksUri { get; init; }

    [JsonPropertyName("subject"), Description("The exact sub of the assertion, or what it begins with, ended by one '*'.")]
    public required string Subject { get; init; }

    [JsonPropertyName("audience"), Description("What the aud of the assertion must contain. Default: this server's issuer or token endpoint.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Audience { get; init; }

    [JsonPropertyName("claims"), Description("Further claims and the exact texts that they must have.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Claims { get; init; }

    /// <summary>Whether the rule is about this issuer and subject.</summary>
    public bool Covers(string issuer, string subject) => issuer == Issuer
        && (Subject.EndsWith('*') ? subject.StartsWith(Subject[..^1], StringComparison.Ordinal) : subject == Subject);

    public static IReadOnlyList<FederatedIdentity> ReadAll(string json) =>
        json.Length == 0 ? [] : JsonSerializer.Deserialize(json, FederatedIdentityJson.Default.IReadOnlyListFederatedIdentity) ?? [];

    public static string WriteAll(IReadOnlyList<FederatedIdentity> rules) =>
        rules.Count == 0 ? string.Empty : JsonSerializer.Serialize(rules, FederatedIdentityJson.Default.IReadOnlyListFederatedIdentity);
}

[JsonSerializable(typeof(IReadOnlyList<FederatedIdentity>))]
internal sealed partial class FederatedIdentityJson : JsonSerializerContext;
