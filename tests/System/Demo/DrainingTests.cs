using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Demo;

/// <summary>SIGTERM lets the requests under way finish.</summary>
public sealed class DrainingTests : IDisposable
{
    private const int Length = 40_000;
    private const int Pieces = 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_call_under_way_is_answered_and_the_exit_code_is_0(string signal)
    {
        await using var demo = await RunningDemo.StartAsync(_folder.File("data"));
        var body = Encoding.UTF8.GetBytes(RunningDemo.Parcel.PadRight(Length)); // Long enough for a slow client to be no idle one.
        await using var stream = await TrustingHttp.ConnectAsync(demo.Facts.CaFile, demo.Facts.ApiPort);
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        await WriteAsync(stream, $"""
            POST /labels/domestic HTTP/1.1
            Host: localhost:{demo.Facts.ApiPort}
            Authorization: Bearer {await demo.TokenAsync()}
            Content-Type: application/json
            Content-Length: {body.Length}
            Expect: 100-continue


            """);
        Assert.StartsWith("HTTP/1.1 100", await LineAsync(reader), StringComparison.Ordinal); // It is read: the call is under way.
        await stream.WriteAsync(body.AsMemory(0, body.Length / 2));

        await demo.Program.SignalAsync(signal);
        await NoNewConnectionAsync(demo.Facts.ApiPort);
        Assert.False(demo.Program.HasExited);
        await TrickleAsync(stream, body.AsMemory(body.Length / 2));

        Assert.Empty(await LineAsync(reader));
        Assert.StartsWith("HTTP/1.1 201", await LineAsync(reader), StringComparison.Ordinal);
        Assert.Contains("tracking_number", await reader.ReadToEndAsync().WaitAsync(Deadline), StringComparison.Ordinal);
        Assert.Equal(0, await demo.Program.EndAsync());
        Assert.Empty(demo.Program.Error);
    }

    private static async Task WriteAsync(SslStream stream, string head) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n")));

    // A slow client: longer than any grace period of a few seconds.
    private static async Task TrickleAsync(SslStream stream, ReadOnlyMemory<byte> rest)
    {
        using var pace = new PeriodicTimer(Patience / Pieces);
        foreach (var piece in rest.ToArray().Chunk(rest.Length / Pieces))
        {
            await pace.WaitForNextTickAsync();
            await stream.WriteAsync(piece);
        }
    }

    private static Task<string> LineAsync(StreamReader reader) => reader.ReadLineAsync().WaitAsync(Deadline)!;

    // The listener closes first; that is the sign that the program has begun to stop.
    private static async Task NoNewConnectionAsync(int port)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", port);
            }
            catch (SocketException)
            {
                return;
            }
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline, "The program still listens.");
        }
    }
}
