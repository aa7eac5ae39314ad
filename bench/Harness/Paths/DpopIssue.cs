using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Paths.Servers;

namespace Gatehouse.Bench.Harness.Paths;

/// <summary>Client credentials for an access token that is bound to a key (RFC 9449 §5): a new proof, signed by the load, with each request.</summary>
internal sealed class DpopIssue(PathServer server) : BenchPath
{
    private readonly DpopProver _prover = new();

    // Gatehouse answers the first proof with the nonce that it wants.
    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        using var first = await server.Posts.SendAsync(server.TokenEndpoint, server.TokenRequest(isReference: false), Prove(), cancellation);
        _prover.Learn(first);
    }

    public override async Task ProbeAsync(CancellationToken cancellation)
    {
        var (form, proof) = (server.TokenRequest(isReference: false), Prove());
        var (status, body) = await server.Posts.PostAsync(server.TokenEndpoint, form, proof, cancellation);
        if (status != HttpStatusCode.OK || body.GetProperty("token_type").GetString() != "DPoP")
            throw new BenchException($"{server.Name} answered {(int)status}: {body}");
        var claims = JsonElement.Parse(Base64Url.DecodeFromChars(body.GetProperty("access_token").GetString()!.Split('.')[1]));
        if (claims.GetProperty("cnf").GetProperty("jkt").GetString() != _prover.Thumbprint)
            throw new BenchException($"{server.Name} binds the token to another key: {claims}");
        await server.Posts.MustRefuseAsync("a proof that was used", server.TokenEndpoint, form, cancellation, proof);
        await server.Posts.MustRefuseAsync("a forged proof", server.TokenEndpoint, form, cancellation, Targets.Tampered.ChangeSignature(Prove()));
    }

    public override Task<Outcome> RunAsync(LoadPlan plan, int seconds, CancellationToken cancellation) => ClosedLoop.RunAsync(
        plan.InFlight, TimeSpan.FromSeconds(seconds), async (_, stop) =>
        {
            await server.Posts.AskAsync(server.TokenEndpoint, server.TokenRequest(isReference: false), "access_token", stop, _prover);
            return true;
        }, cancellation);

    private string Prove() => _prover.Prove("POST", server.TokenEndpoint);
}
