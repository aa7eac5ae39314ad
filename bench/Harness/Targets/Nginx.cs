using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>An nginx with one worker, no access log and connections that stay.</summary>
internal static class Nginx
{
    public const string Program = "/usr/sbin/nginx";

    /// <param name="http">What stands in the http block.</param>
    /// <param name="modules">Lines before everything else.</param>
    /// <param name="before">Programs that start it.</param>
    public static Pinned Start(int cpu, string folder, string http, string modules = "", IReadOnlyList<string>? before = null)
    {
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            {{modules}}
            daemon off;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log stderr error;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_timeout 10m;
              keepalive_requests 2000000000;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              {{http}}
            }
            """);
        return Pinned.Start(cpu, Path.Combine(folder, "log"), [.. before ?? [], Program, "-p", folder, "-c", file, "-e", "stderr"]);
    }
}
