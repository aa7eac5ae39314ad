using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Paths.Servers;

namespace Gatehouse.Bench.Harness.Paths;

/// <summary>
/// The refresh token grant (RFC 6749 §6). Each chain has a grant of its own, and asks with the refresh token that the answer before gave it: a new
/// one each time for a public client (RFC 9700 §4.14.2), and for one that authenticates whatever the server does by itself.
/// </summary>
internal sealed class Refresh(PathServer server, bool isPublic) : BenchPath
{
    private readonly List<string> _current = [];

    private PathClient Client => isPublic ? server.Public : server.Confidential;

    public override async Task PrepareAsync(CancellationToken cancellation) => _current.Add(await BeginAsync(cancellation));

    public override async Task ProbeAsync(CancellationToken cancellation)
    {
        var first = await BeginAsync(cancellation);
        var second = await RefreshAsync(first, cancellation);
        if (isPublic && first == second) throw new BenchException($"{server.Name} does not replace the refresh token of a public client.");
        await RefreshAsync(second, cancellation);
        var wrong = second[..^1] + (second[^1] == 'A' ? 'B' : 'A');
        await server.Posts.MustRefuseAsync("an unknown refresh token", server.TokenEndpoint, FormOf(wrong), cancellation);
    }

    public override async Task ReadyAsync(LoadPlan plan, int seconds, CancellationToken cancellation)
    {
        while (_current.Count < plan.InFlight) _current.Add(await BeginAsync(cancellation));
    }

    public override Task<Outcome> RunAsync(LoadPlan plan, int seconds, CancellationToken cancellation) => ClosedLoop.RunAsync(
        plan.InFlight, TimeSpan.FromSeconds(seconds), async (chain, stop) =>
        {
            _current[chain] = await RefreshAsync(_current[chain], stop);
            return true;
        }, cancellation);

    private string FormOf(string refreshToken) => $"grant_type=refresh_token&refresh_token={Uri.EscapeDataString(refreshToken)}&{Client.Authentication}";

    // Where the answer holds none the old one stays good.
    private async Task<string> RefreshAsync(string refreshToken, CancellationToken cancellation) =>
        await server.Posts.AskAsync(server.TokenEndpoint, FormOf(refreshToken), "refresh_token", cancellation) ?? refreshToken;

    private async Task<string> BeginAsync(CancellationToken cancellation)
    {
        var form = CodeExchange.FormOf(await server.ObtainCodeAsync(Client, cancellation), Client);
        return await server.Posts.AskAsync(server.TokenEndpoint, form, "refresh_token", cancellation)
            ?? throw new BenchException($"{server.Name} gave no refresh token.");
    }
}
