using System.Text.Json.Serialization;
using Gatehouse.Founding;

namespace Gatehouse.Demo;

/// <summary><c>demo.json</c>: what scripts need to use the demo. Its members are a contract.</summary>
public sealed record DemoFile
{
    [JsonPropertyName("ca_file")]
    public required string CaFile { get; init; }

    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    [JsonPropertyName("token_endpoint")]
    public required string TokenEndpoint { get; init; }

    [JsonPropertyName("portal_url")]
    public required string PortalUrl { get; init; }

    [JsonPropertyName("api_url")]
    public required string ApiUrl { get; init; }

    [JsonPropertyName("admin_url")]
    public required string AdminUrl { get; init; }

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
