using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Tests.System.Processes;

/// <summary><c>demo.json</c> as a script reads it; a member that is missing fails the test.</summary>
internal sealed record DemoFacts(
    string CaFile, string Issuer, string TokenEndpoint, string PortalUrl, string ApiUrl, string AdminUrl, string ClientId, string ClientSecret,
    DemoFacts.Person Developer, DemoFacts.Person Operator, DemoFacts.Program AdminClient)
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    internal sealed record Person(string Email, string Password);

    internal sealed record Program(string ClientId, string ClientSecret);

    [JsonIgnore]
    public int Port => new Uri(Issuer).Port;

    [JsonIgnore]
    public int ApiPort => new Uri(ApiUrl).Port;

    /// <summary>All that must be random, and known to nobody else.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Secrets => [ClientSecret, Developer.Password, Operator.Password, AdminClient.ClientSecret];

    public static DemoFacts Read(string file) => JsonSerializer.Deserialize<DemoFacts>(File.ReadAllText(file), Strict)!;
}
