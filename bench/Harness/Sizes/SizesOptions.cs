using System.Text.Json.Serialization;

namespace Gatehouse.Bench.Harness.Sizes;

/// <summary>What a run of <c>bench/bench sizes</c> was asked for.</summary>
internal sealed record SizesOptions
{
    /// <summary>Out of <c>sqlite</c> and <c>postgresql</c>; each is a table of its own.</summary>
    public required IReadOnlyList<string> Stores { get; init; }

    /// <summary>Applications in the store, ascending; the first is what the others are compared with.</summary>
    public required IReadOnlyList<int> Applications { get; init; }

    /// <summary>Revoked tokens of one more installation; 0: none.</summary>
    public required int Revoked { get; init; }

    /// <summary>Published operations of one more installation; 0: none.</summary>
    public required int Routes { get; init; }

    /// <summary>The most tokens, each of another application, that calls are spread over.</summary>
    public required int Tokens { get; init; }

    /// <summary>Out of <c>token</c> and <c>gateway</c>.</summary>
    public required IReadOnlyList<string> Jobs { get; init; }

    public required int Runs { get; init; }

    public required int Seconds { get; init; }

    /// <summary>Seconds of load before the first measurement of each installation and job; half of it before each further one.</summary>
    public required int WarmUpSeconds { get; init; }

    public required int InFlight { get; init; }

    /// <summary>The <c>gatehouse.dll</c> that is measured. Not part of the tables, as where they go: both say something of the machine alone.</summary>
    [JsonIgnore]
    public string Program { get; init; } = string.Empty;

    [JsonIgnore]
    public string Out { get; init; } = string.Empty;
}

/// <summary>How large the store of one installation is.</summary>
internal sealed record Size(string Store, int Applications, int Revoked = 0, int Routes = 0)
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgresql";

    /// <summary>What stands in the store besides applications, for the table.</summary>
    public string Besides => Revoked > 0 ? FormattableString.Invariant($"{Revoked:N0} revoked tokens")
        : Routes > 0 ? FormattableString.Invariant($"{Routes:N0} routes") : "-";

    public string Name => FormattableString.Invariant($"{Store}-{Applications}-{Revoked}-{Routes}");
}

/// <summary>Which application asks.</summary>
internal static class Access
{
    public const string Hot = "hot";
    public const string Zipf = "zipf";
    public const string Uniform = "uniform";

    /// <summary>Each application once: with more of them than are remembered, every request is a miss.</summary>
    public const string Sweep = "sweep";
}
