using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>HAProxy in front of the upstream; with <c>jwt_verify</c> it checks algorithm, signature, issuer, audience and expiry of each token.</summary>
internal sealed class Haproxy(bool isGuarded) : Target(
    isGuarded ? "haproxy-jwt" : "limit-haproxy",
    isGuarded ? "HAProxy with jwt_verify: ES256, issuer, audience and expiry on every call" : "HAProxy that forwards and checks nothing")
{
    private const string Program = "/usr/sbin/haproxy";

    private readonly int _port = Ports.Take();

    public override bool IsLimit => !isGuarded;

    public override bool IsCompiledWhileRunning => false;

    public override IReadOnlyList<string> Needs => [Program];

    public override Uri Url => new($"https://127.0.0.1:{_port}{Rig.CallPath}");

    public override async Task StartAsync(Rig rig, CancellationToken cancellation)
    {
        var folder = rig.FolderOf(Name);
        var file = Path.Combine(folder, "haproxy.cfg");
        await File.WriteAllTextAsync(file, Configuration(rig), cancellation);
        Version = (await Tool.VersionAsync(Program, "-v", cancellation)).Split(' ') is [_, _, var number, ..] ? $"HAProxy {number}" : "-";
        Tokens = SignedToken.MakeAll(rig);
        if (isGuarded) MustRefuse = SignedToken.MakeWrong(rig);
        await Own(Pinned.Start(rig.ServerCpu, Path.Combine(folder, "log"), [Program, "-db", "-f", file])).ListensAsync(_port, cancellation);
    }

    private string Configuration(Rig rig) => $"""
        global
          nbthread 1
          ssl-default-bind-options ssl-min-ver TLSv1.3

        defaults
          mode http
          timeout client 60s
          timeout server 60s
          timeout connect 5s
          http-reuse always

        frontend calls
          bind 127.0.0.1:{_port} ssl crt {rig.CombinedFile} alpn h2,http/1.1
        {(isGuarded ? Checks(rig) : "")}
          default_backend labels

        backend labels
          server only {new Uri(rig.UpstreamUrl).Authority}

        """;

    private static string Checks(Rig rig) => $"""
          http-request set-var(txn.token) http_auth_bearer
          http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')
          acl is_es256 var(txn.token),jwt_header_query('$.alg') -m str ES256
          acl is_signed var(txn.token),jwt_verify("ES256","{rig.VerificationKeyFile}") 1
          acl is_issued_here var(txn.token),jwt_payload_query('$.iss') -m str {Rig.Issuer}
          acl is_for_us var(txn.token),jwt_payload_query('$.aud') -m str {Rig.Audience}
          acl is_fresh date(),neg,add(txn.exp) -m int gt 0
          http-request deny deny_status 401 unless is_es256 is_signed is_issued_here is_for_us is_fresh
        """;
}
