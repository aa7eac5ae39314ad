using System.Net;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Paths.Servers;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Paths;

/// <summary>A call with one DPoP-bound token and a new proof each time (RFC 9449 §7), forwarded to the upstream.</summary>
internal sealed class DpopCall(PathServer server) : BenchPath
{
    private readonly DpopProver _prover = new();
    private string _token = string.Empty;

    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        var form = server.TokenRequest(isReference: false);
        using (var first = await server.Posts.SendAsync(server.TokenEndpoint, form, _prover.Prove("POST", server.TokenEndpoint), cancellation)) _prover.Learn(first);
        _token = await server.Posts.AskAsync(server.TokenEndpoint, form, "access_token", cancellation, _prover) ?? string.Empty;
    }

    public override async Task ProbeAsync(CancellationToken cancellation)
    {
        var proof = Prove();
        await IsAsync(HttpStatusCode.OK, "a good proof", proof, cancellation);
        await IsAsync(HttpStatusCode.Unauthorized, "a proof that was used", proof, cancellation);
        await IsAsync(HttpStatusCode.Unauthorized, "no proof", proof: null, cancellation);
        await IsAsync(HttpStatusCode.Unauthorized, "a forged proof", Tampered.ChangeSignature(Prove()), cancellation);
    }

    public override Task<Outcome> RunAsync(LoadPlan plan, int seconds, CancellationToken cancellation) => ClosedLoop.RunAsync(
        plan.InFlight, TimeSpan.FromSeconds(seconds), async (_, stop) =>
        {
            await IsAsync(HttpStatusCode.OK, "a good proof", Prove(), stop);
            return true;
        }, cancellation);

    private string Prove() => _prover.Prove("GET", server.CallUrl, _token);

    private async Task IsAsync(HttpStatusCode status, string what, string? proof, CancellationToken cancellation)
    {
        using var answer = await server.Posts.CallAsync(server.CallUrl, $"DPoP {_token}", proof, cancellation);
        _prover.Learn(answer);
        var body = await answer.Content.ReadAsStringAsync(cancellation);
        if (answer.StatusCode != status || (status == HttpStatusCode.OK && body != Upstream.Body))
            throw new BenchException($"{server.Name} answered {what} with {(int)answer.StatusCode}: {body}");
    }
}
