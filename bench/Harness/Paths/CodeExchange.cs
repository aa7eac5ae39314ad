using System.Collections.Concurrent;
using System.Diagnostics;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Paths.Servers;

namespace Gatehouse.Bench.Harness.Paths;

/// <summary>
/// An authorization code for an access token and a refresh token (RFC 6749 §4.1.3), with PKCE, by a client that authenticates. The codes of a run
/// are got before it as a browser gets them, and are used up in it: a run is as long as it takes, not as long as was asked for.
/// </summary>
internal sealed class CodeExchange(PathServer server) : BenchPath
{
    private const int CodesPerSecond = 150;
    private const int MostCodes = 1_500;
    private const int Browsing = 8;

    // A code is good for a minute: the run that follows must be through with the oldest by then.
    private static readonly TimeSpan MostBrowsing = TimeSpan.FromSeconds(25);

    private readonly ConcurrentQueue<string> _codes = [];

    public static string FormOf(string code, PathClient client, string? verifier = null) =>
        $"grant_type=authorization_code&code={Uri.EscapeDataString(code)}&redirect_uri={Uri.EscapeDataString(Pkce.RedirectUri)}"
        + $"&code_verifier={verifier ?? Pkce.Verifier}&{client.Authentication}";

    // The first signs in; from then on the browser is known.
    public override async Task PrepareAsync(CancellationToken cancellation) => await server.ObtainCodeAsync(server.Confidential, cancellation);

    public override async Task ProbeAsync(CancellationToken cancellation)
    {
        var code = await server.ObtainCodeAsync(server.Confidential, cancellation);
        if (await ExchangeAsync(code, cancellation) is null) throw new BenchException($"{server.Name} gave no refresh token.");
        await server.Posts.MustRefuseAsync("a code that was used", server.TokenEndpoint, FormOf(code, server.Confidential), cancellation);
        var other = FormOf(await server.ObtainCodeAsync(server.Confidential, cancellation), server.Confidential, new string('a', 64));
        await server.Posts.MustRefuseAsync("a wrong verifier", server.TokenEndpoint, other, cancellation);
    }

    public override async Task ReadyAsync(LoadPlan plan, int seconds, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Browsing, CancellationToken = cancellation };
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, Math.Min(CodesPerSecond * seconds, MostCodes), options, async (_, stop) =>
        {
            if (Stopwatch.GetElapsedTime(started) < MostBrowsing) _codes.Enqueue(await server.ObtainCodeAsync(server.Confidential, stop));
        });
    }

    public override Task<Outcome> RunAsync(LoadPlan plan, int seconds, CancellationToken cancellation) => ClosedLoop.RunAsync(
        plan.InFlight, TimeSpan.MaxValue, async (_, stop) =>
        {
            if (!_codes.TryDequeue(out var code)) return false;
            await ExchangeAsync(code, stop);
            return true;
        }, cancellation);

    private Task<string?> ExchangeAsync(string code, CancellationToken cancellation) =>
        server.Posts.AskAsync(server.TokenEndpoint, FormOf(code, server.Confidential), "refresh_token", cancellation);
}
