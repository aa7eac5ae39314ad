using System.Text.Json.Serialization;
using Gatehouse.Founding;

namespace Gatehouse.Demo;

/// <summary><c>demo.json</c>: what scripts need to use the demo. Its members are a contract.</summary>
public sealed record DemoFile
{
    [JsonPropertyName("ca_file")]
    public string CaFile { get; init; } = string.Empty;

    [JsonPropertyName("issuer")]
    public string Issuer { get; init; } = string.Empty;

    [JsonPropertyName("token_endpoint")]
    public string TokenEndpoint { get; init; } = string.Empty;

    [JsonPropertyName("portal_url")]
    public string PortalUrl { get; init; } = string.Empty;

    [JsonPropertyName("api_url")]
    public string ApiUrl { get; init; } = string.Empty;

    [JsonPropertyName("admin_url")]
    public string AdminUrl { get; init; } = string.Empty;

    [JsonPropertyName("client_id")]
    public required string ClientId { get; init; }

    [JsonPropertyName("client_secret")]
    public required string ClientSecret { get; init; }

    [JsonPropertyName("developer")]
    public required Account Developer { get; init; }

    [JsonPropertyName("operator")]
    public required Account Operator { get; init; }

    [JsonPropertyName("admin_client")]
    public required Credentials AdminClient { get; init; }

    /// <summary>It is full of secrets.</summary>
    public override string ToString() => "[demo.json]";
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(DemoFile))]
internal sealed partial class DemoJson : JsonSerializerContext;
