using System.Text.Json;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>
/// nginx that answers with one and the same token: next to no work, no runtime, no collector. What its answers are late by is the doing of the machine and
/// of the load, and so is as much of every other server's latency at the same rate.
/// </summary>
internal sealed class NginxConstant() : Target("limit-nginx", "nginx that answers with one and the same token")
{
    private readonly int _port = Ports.Take();

    public override bool IsLimit => true;

    public override bool IsCompiledWhileRunning => false;

    public override IReadOnlyList<string> Needs => [Nginx.Program];

    public override Uri Url => new($"https://127.0.0.1:{_port}/token");

    public override async Task StartAsync(Rig rig, CancellationToken cancellation)
    {
        Version = (await Tool.VersionAsync(Nginx.Program, "-v", cancellation)).Split(' ')[^1];
        Form = GatehouseOperator.FormOf(Rig.ClientId, rig.ClientSecret);
        await Own(Nginx.Start(rig.ServerCpu, rig.FolderOf(Name), Server(rig))).ListensAsync(_port, cancellation);
    }

    private string Server(Rig rig) => $$"""
        server {
          listen 127.0.0.1:{{_port}} ssl http2;
          ssl_certificate {{rig.CertificateFile}};
          ssl_certificate_key {{rig.CertificateKeyFile}};
          ssl_protocols TLSv1.3;
          location = /token {
            default_type application/json;
            return 200 '{{Answer(rig)}}';
          }
        }
        """;

    private static string Answer(Rig rig) =>
        JsonSerializer.Serialize(new { access_token = SignedToken.Make(rig), token_type = "Bearer", expires_in = 86_399 });
}
