using System.Net.Http.Headers;
using System.Net.Sockets;
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
        using var http = rig.Client();
        do await timer.WaitForNextTickAsync(cancellation);
        while (!Ports.IsTaken(tokenEndpoint.Port) || !await IsAnsweredAsync(http, tokenEndpoint, form, cancellation));
    }

    private static async Task<bool> IsAnsweredAsync(HttpClient http, Uri tokenEndpoint, string form, CancellationToken cancellation)
    {
        using var content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        try
        {
            using var answer = await http.PostAsync(tokenEndpoint, content, cancellation);
            if (!answer.IsSuccessStatusCode) throw new BenchException($"{tokenEndpoint} answered its first request with {(int)answer.StatusCode}.");
            return true;
        }
        catch (HttpRequestException exception) when (exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return false; // Nobody listens yet: the program itself looked whether its port is free.
        }
    }
}
