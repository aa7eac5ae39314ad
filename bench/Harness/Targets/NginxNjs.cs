using System.Security.Cryptography;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>nginx that asks a handler in JavaScript (njs) about each call: ES256 by WebCrypto, issuer, audience and expiry.</summary>
internal sealed class NginxNjs() : Target("nginx-njs", "nginx whose auth_request is njs: ES256, issuer, audience and expiry on every call")
{
    private const string Module = "/usr/lib/nginx/modules/ngx_http_js_module.so";

    private readonly int _port = Ports.Take();

    public override bool IsCompiledWhileRunning => false;

    public override IReadOnlyList<string> Needs => [Nginx.Program, Module];

    public override Uri Url => new($"https://127.0.0.1:{_port}{Rig.CallPath}");

    public override async Task StartAsync(Rig rig, CancellationToken cancellation)
    {
        var folder = rig.FolderOf(Name);
        await File.WriteAllTextAsync(Path.Combine(folder, "access.js"), Script(rig), cancellation);
        Version = (await Tool.VersionAsync(Nginx.Program, "-v", cancellation)).Split(' ')[^1];
        Tokens = SignedToken.MakeAll(rig);
        MustRefuse = SignedToken.MakeWrong(rig);
        await Own(Nginx.Start(rig.ServerCpu, folder, Servers(rig, folder), $"load_module {Module};")).ListensAsync(_port, cancellation);
    }

    private string Servers(Rig rig, string folder) => $$"""
        js_path {{folder}};
        js_import access from access.js;
        upstream labels {
          server {{new Uri(rig.UpstreamUrl).Authority}};
          keepalive 64;
          keepalive_requests 2000000000;
        }
        server {
          listen 127.0.0.1:{{_port}} ssl http2;
          ssl_certificate {{rig.CertificateFile}};
          ssl_certificate_key {{rig.CertificateKeyFile}};
          ssl_protocols TLSv1.3;
          location / {
            auth_request /=access;
            proxy_pass http://labels;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
          }
          location = /=access {
            internal;
            js_content access.decide;
          }
        }
        """;

    // A worker's JavaScript begins anew for each request, so that the key is read anew too: that is part of what this costs.
    private static string Script(Rig rig) => $$"""
        const spki = Buffer.from('{{Convert.ToBase64String(rig.SigningKey.ExportSubjectPublicKeyInfo())}}', 'base64');
        const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
        const text = part => JSON.parse(Buffer.from(part, 'base64url').toString());

        async function isGood(authorization) {
          if (!authorization || authorization.slice(0, 7) !== 'Bearer ') return false;
          const parts = authorization.slice(7).split('.');
          if (parts.length !== 3 || text(parts[0]).alg !== 'ES256') return false;
          const key = await crypto.subtle.importKey('spki', spki, ecdsa, false, ['verify']);
          if (!await crypto.subtle.verify(ecdsa, key, Buffer.from(parts[2], 'base64url'), `${parts[0]}.${parts[1]}`)) return false;
          const claims = text(parts[1]);
          return claims.iss === '{{Rig.Issuer}}' && claims.aud === '{{Rig.Audience}}' && claims.exp * 1000 > Date.now();
        }

        async function decide(r) {
          let good = false;
          try { good = await isGood(r.headersIn.Authorization); } catch (e) { r.error(e.message); }
          r.return(good ? 204 : 401);
        }

        export default { decide };
        """;
}
