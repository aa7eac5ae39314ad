using System.Net.Http.Headers;
using Gatehouse.Bench.Harness.Machine;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>The first answer of a server that is just starting.</summary>
internal static class FirstToken
{
    // Until the port is open a connection is refused at once; from then on the first answer is awaited.
    public static async Task AwaitAsync(Rig rig, Uri tokenEndpoint, string form, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!Ports.IsTaken(tokenEndpoint.Port)) await timer.WaitForNextTickAsync(cancellation);
        using var http = rig.Client();
        using var content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using var answer = await http.PostAsync(tokenEndpoint, content, cancellation);
        if (!answer.IsSuccessStatusCode) throw new BenchException($"{tokenEndpoint} answered its first request with {(int)answer.StatusCode}.");
    }
}
