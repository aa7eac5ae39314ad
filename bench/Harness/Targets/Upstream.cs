using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>The API behind every gateway: one nginx on the CPU of the load that answers each call with the same 200 bytes, over plain HTTP/1.1.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    public const string Body = """{"id":"domestic","tracking":"9400100000000000000000","service":"ground","from":"97201","to":"80304","postage":"""
        + """{"amount":"7.85","currency":"USD"},"weight":12,"format":"PDF","pages":1,"state":"ready"}""";

    private readonly Pinned _nginx;

    private Upstream(Pinned nginx, int port) => (_nginx, Url) = (nginx, $"http://127.0.0.1:{port}");

    public string Url { get; }

    public int ProcessId => _nginx.Id;

    /// <param name="rig">Where it runs.</param>
    /// <param name="before">Programs that start it.</param>
    /// <param name="cancellation">Of the start.</param>
    public static async Task<Upstream> StartAsync(Rig rig, IReadOnlyList<string> before, CancellationToken cancellation)
    {
        var (folder, port) = (rig.FolderOf("upstream"), Ports.Take());
        var nginx = Nginx.Start(rig.LoadCpu, folder, $$"""
            server {
              listen 127.0.0.1:{{port}};
              default_type application/json;
              location / { return 200 '{{Body}}'; }
            }
            """, before: before);
        await nginx.ListensAsync(port, cancellation);
        return new Upstream(nginx, port);
    }

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();
}
