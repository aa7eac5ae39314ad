using System.Net;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Paths.Servers;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Paths;

/// <summary>A call with one access token that says nothing by itself, forwarded to the upstream.</summary>
internal sealed class ReferenceCall(PathServer server, Rig rig) : BenchPath
{
    private string _token = string.Empty;

    private string QuestionFile => Path.Combine(rig.FolderOf(server.Name), "question");

    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        _token = await server.Posts.AskAsync(server.TokenEndpoint, server.TokenRequest(isReference: true), "access_token", cancellation) ?? string.Empty;
        await File.WriteAllTextAsync(QuestionFile, _token, cancellation);
    }

    public override async Task ProbeAsync(CancellationToken cancellation)
    {
        await IsAsync(HttpStatusCode.OK, "its own token", $"Bearer {_token}", cancellation);
        await IsAsync(HttpStatusCode.Unauthorized, "a forged token", $"Bearer {_token[..^1]}{(_token[^1] == 'A' ? 'B' : 'A')}", cancellation);
        await IsAsync(HttpStatusCode.Unauthorized, "no token", authorization: null, cancellation);
    }

    public override Task<Outcome> RunAsync(LoadPlan plan, int seconds, CancellationToken cancellation) =>
        Wrk.RunAsync(new Question(server.CallUrl, QuestionFile, IsForm: false), plan, seconds, cancellation);

    private async Task IsAsync(HttpStatusCode status, string what, string? authorization, CancellationToken cancellation)
    {
        using var answer = await server.Posts.CallAsync(server.CallUrl, authorization, proof: null, cancellation);
        var body = await answer.Content.ReadAsStringAsync(cancellation);
        if (answer.StatusCode != status || (status == HttpStatusCode.OK && body != Upstream.Body))
            throw new BenchException($"{server.Name} answered {what} with {(int)answer.StatusCode}: {body}");
    }
}
