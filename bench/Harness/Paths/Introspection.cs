using System.Text.Json;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Paths.Servers;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Paths;

/// <summary>One active access token, asked about again and again by a client that may (RFC 7662).</summary>
internal sealed class Introspection(PathServer server, Rig rig, bool isReference) : BenchPath
{
    private string _token = string.Empty;

    private string QuestionFile => Path.Combine(rig.FolderOf(server.Name), "question");

    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        _token = await server.Posts.AskAsync(server.TokenEndpoint, server.TokenRequest(isReference), "access_token", cancellation) ?? string.Empty;
        if (isReference == _token.Contains('.', StringComparison.Ordinal)) throw new BenchException($"{server.Name} gave a token of the other kind.");
        await File.WriteAllTextAsync(QuestionFile, FormOf(_token, server.Teller), cancellation);
    }

    public override async Task ProbeAsync(CancellationToken cancellation)
    {
        var facts = await IntrospectAsync(_token, cancellation);
        if (!facts.GetProperty("active").GetBoolean() || facts.GetProperty("scope").GetString() != Rig.Scope)
            throw new BenchException($"{server.Name} does not know its own token: {facts}");
        var forged = isReference ? _token[..^1] + (_token[^1] == 'A' ? 'B' : 'A') : Tampered.ChangeSignature(_token);
        var wrong = await IntrospectAsync(forged, cancellation);
        if (wrong.GetProperty("active").GetBoolean()) throw new BenchException($"{server.Name} takes a forged token for a good one.");
        var thief = server.Teller with { Secret = Tampered.Change(server.Teller.Secret!) };
        await server.Posts.MustRefuseAsync("a wrong secret", server.IntrospectionEndpoint, FormOf(_token, thief), cancellation);
    }

    public override Task<Outcome> RunAsync(LoadPlan plan, int seconds, CancellationToken cancellation) =>
        Wrk.RunAsync(new Question(server.IntrospectionEndpoint, QuestionFile, IsForm: true), plan, seconds, cancellation);

    private static string FormOf(string token, PathClient caller) => $"token={token}&{caller.Authentication}";

    private async Task<JsonElement> IntrospectAsync(string token, CancellationToken cancellation) =>
        (await server.Posts.PostAsync(server.IntrospectionEndpoint, FormOf(token, server.Teller), proof: null, cancellation)).Body;
}
