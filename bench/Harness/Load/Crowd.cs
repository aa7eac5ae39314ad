using System.Globalization;
using Gatehouse.Bench.Harness.Seeding;

namespace Gatehouse.Bench.Harness.Load;

/// <summary>Requests of many applications by wrk: token requests that are computed, or calls with the tokens of a file.</summary>
/// <param name="Pattern">As <c>crowd.lua</c> names them.</param>
/// <param name="Count">Applications, or tokens in the file.</param>
/// <param name="Seed">Of the random numbers; for a sweep where it begins.</param>
internal sealed record Crowd(string Pattern, int Count, int Seed)
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Load", "crowd.lua");

    public Task<Outcome> RequestAsync(Uri url, SeededCredentials credentials, LoadPlan plan, int seconds, CancellationToken cancellation) =>
        Wrk.RunAsync(Script, [.. Who(), "form", SeededCredentials.FormBegin, credentials.FormMiddle], url, plan, seconds, cancellation);

    public Task<Outcome> CallAsync(Uri url, string tokens, LoadPlan plan, int seconds, CancellationToken cancellation) =>
        Wrk.RunAsync(Script, [.. Who(), "bearer", tokens], url, plan, seconds, cancellation);

    private string[] Who() => [Pattern, Count.ToString(CultureInfo.InvariantCulture), Seed.ToString(CultureInfo.InvariantCulture)];
}
