using System.ComponentModel;
using System.Text.Json.Serialization;
using Gatehouse.Admin.Answers;
using Gatehouse.Store.Model;

namespace Gatehouse.Admin.Contracts;

internal sealed record ContractRequest
{
    [JsonPropertyName("api"), Description("The slug of the API.")]
    public required string Api { get; init; }

    [JsonPropertyName("plan")]
    [Description("The slug of the plan. May be left out when the API has one plan, or one alone that is not approved by hand.")]
    public string? Plan { get; init; }
}

internal sealed record ContractDecision
{
    [JsonPropertyName("state"), JsonConverter(typeof(SnakeCase<ContractState>)), Description("approved, suspended or revoked.")]
    public required ContractState State { get; init; }
}

internal sealed record ContractBody
{
    [JsonPropertyName("id")]
    public required Guid Id { get; init; }

    [JsonPropertyName("client_id")]
    public required string ClientId { get; init; }

    [JsonPropertyName("client_name")]
    public required string ClientName { get; init; }

    [JsonPropertyName("api")]
    public required string Api { get; init; }

    [JsonPropertyName("plan")]
    public required string Plan { get; init; }

    [JsonPropertyName("state"), JsonConverter(typeof(SnakeCase<ContractState>))]
    public required ContractState State { get; init; }

    [JsonPropertyName("requested_at")]
    public required DateTimeOffset RequestedAt { get; init; }

    [JsonPropertyName("decided_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? DecidedAt { get; init; }
}

internal sealed record ContractPage
{
    [JsonPropertyName("contracts")]
    public required IReadOnlyList<ContractBody> Contracts { get; init; }

    [JsonPropertyName("next_cursor"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Absent on the last page.")]
    public string? NextCursor { get; init; }
}
