using System.Diagnostics;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Machine;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>One start of a node that has been founded before.</summary>
/// <param name="FirstToken">Milliseconds from the start of the process to the end of the first token's answer.</param>
/// <param name="FirstP99">The 99th percentile of the first 1,000 token requests, 8 in flight, in milliseconds.</param>
/// <param name="Resident">Mebibytes after the first token.</param>
/// <param name="ResidentLater">Mebibytes after 100,000 more.</param>
internal sealed record StartSample(double FirstToken, double FirstP99, double Resident, double ResidentLater);

/// <summary>Starts a node again and again, on all CPUs as an installation does.</summary>
internal sealed class StartSession(Rig rig, string name, string program)
{
    private const int FirstRequests = 1_000;
    private const int LaterRequests = 100_000;
    private const int FirstInFlight = 8;
    private const int LaterInFlight = 32;

    private readonly GatehouseNode _node = new(rig, name, program);
    private string _form = string.Empty;

    private string QuestionFile => Path.Combine(rig.FolderOf(name), "question");

    public async Task PrepareAsync(CancellationToken cancellation)
    {
        var founded = await _node.FoundAsync(cancellation);
        await using var serving = await _node.ServeAsync(cancellation);
        using var http = rig.Client();
        var officer = new GatehouseOperator(http, founded, _node.TokenEndpoint);
        await officer.SignInAsync(cancellation);
        await officer.PublishAsync("labels", Rig.Scope, "http://127.0.0.1:9", cancellation);
        _form = await officer.RegisterAsync("Bench", "labels", "standard", cancellation);
        await File.WriteAllTextAsync(QuestionFile, _form, cancellation);
    }

    public async Task<StartSample> RunAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await using var node = _node.Launch();
        await FirstToken.AwaitAsync(rig, _node.TokenEndpoint, _form, cancellation);
        var first = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var resident = ProcessTree.ResidentMegabytes(node.Id);
        var early = await CountAsync(FirstInFlight, FirstRequests, cancellation);
        await CountAsync(LaterInFlight, LaterRequests, cancellation);
        return new StartSample(first, early.P99, resident, ProcessTree.ResidentMegabytes(node.Id));
    }

    private async Task<Outcome> CountAsync(int inFlight, int requests, CancellationToken cancellation)
    {
        var outcome = await H2Load.CountAsync(
            new Question(_node.TokenEndpoint, QuestionFile, IsForm: true), new LoadPlan(rig.LoadCpu, inFlight), requests, rig.Folder, cancellation);
        return outcome.Failed == 0 ? outcome : throw new BenchException($"{name}: {outcome.Failed} of {requests} requests failed.");
    }
}
