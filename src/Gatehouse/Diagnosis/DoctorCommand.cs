using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Composition;
using Gatehouse.Configuration;
using Gatehouse.Demo;
using Gatehouse.Serve;
using Gatehouse.Store.Database;

namespace Gatehouse.Diagnosis;

/// <summary><c>gatehouse doctor</c>: looks at everything a start needs, changes nothing, and says what to do about what is wrong.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan CertificateWarning = TimeSpan.FromDays(30);

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The demo's folder.", DefaultValueFactory = _ => "./data" };
        var config = ServeCommand.ConfigOption();
        var serve = new Option<bool>("--serve") { Description = "Look at the configuration of gatehouse serve instead of the demo's folder." };
        var command = new Command("doctor", "Look at what a start needs and say what is wrong. Changes nothing.") { data, serve, config };
        command.SetAction(arguments => arguments.GetValue(serve) || arguments.GetValue(config) is not null
            ? ExamineAsync(ServeChecks(arguments.GetValue(config)))
            : ExamineAsync(DemoChecks(Path.GetFullPath(arguments.GetRequiredValue(data)))));
        return command;
    }

    /// <summary>Runs the checks in their order; the first that fails ends it, because those behind it need what it looked at.</summary>
    private static async Task<int> ExamineAsync(IEnumerable<(string What, Func<Task<string>> Check)> checks)
    {
        foreach (var (what, check) in checks)
        {
            try
            {
                await Console.Out.WriteLineAsync($"ok    {what}: {await check()}");
            }
            catch (Exception exception) when (exception is StartRefusedException or StoreUnusableException)
            {
                await Console.Out.WriteLineAsync($"fail  {what}: {exception.Message}");
                return 1;
            }
        }
        return 0;
    }

    private static IEnumerable<(string, Func<Task<string>>)> DemoChecks(string folder)
    {
        var keyFile = DataFolder.KeyFileIn(folder);
        yield return ("Folder", () => Task.FromResult(Directory.Exists(folder)
            ? folder
            : throw new StartRefusedException($"{folder} does not exist. Make it with: gatehouse demo --data {folder}")));
        yield return ("Key-encryption key", () => Task.FromResult(KeyFile.Read(keyFile) is not null ? keyFile : string.Empty));
        yield return ("Database", () => LookAsync(new StoreDatabase(StoreOptions.Sqlite(DataFolder.DatabaseFileIn(folder))), KeyFile.Read(keyFile)));
        yield return ("Certificate", () => Task.FromResult(Describe(DemoCertificates.Load(folder))));
    }

    private static IEnumerable<(string, Func<Task<string>>)> ServeChecks(string? config)
    {
        NodeOptions options = null!;
        yield return ("Configuration", () =>
        {
            options = ServeConfiguration.ReadNode(config);
            return Task.FromResult($"{options.Issuer}, {options.ApiUrl}, roles {options.Roles}");
        });
        yield return ("Database", () => LookAsync(options.Database, options.Key));
        yield return ("Certificate", () => Task.FromResult(Describe(options.Certificate)));
        yield return ("Client authorities", () => Task.FromResult(DescribeAuthorities(options.ClientCertificates.Authorities)));
        yield return ("Listeners", () => Task.FromResult(string.Join(
            ", ", new[] { options.AuthEndPoint, options.GatewayEndPoint, options.ClientCertificates.EndPoint }.OfType<IPEndPoint>().Select(Describe))));
    }

    private static async Task<string> LookAsync(StoreDatabase database, Store.Secrets.KeyEncryptionKey key) =>
        await database.LookAsync(key) ? "opens, its schema is complete, and the key is the one it was written with" : "empty; the first start makes its tables";

    private static string Describe(X509Certificate2 certificate)
    {
        var until = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        var now = TimeProvider.System.GetUtcNow();
        if (until <= now) throw new StartRefusedException($"It expired on {until:yyyy-MM-dd}. Put a new one in its place.");
        var soon = until < now + CertificateWarning ? "; renew it soon" : string.Empty;
        return $"{certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false)}, good until {until:yyyy-MM-dd}{soon}";
    }

    private static string DescribeAuthorities(X509Certificate2Collection authorities) =>
        authorities.Count == 0 ? "none; tls_client_auth is off" : string.Join("; ", authorities.Select(Describe));

    private static string Describe(IPEndPoint endPoint)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return $"{endPoint} is free";
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return $"{endPoint} is taken, by this node if it runs";
        }
        catch (SocketException exception)
        {
            throw new StartRefusedException($"{endPoint} cannot be listened on: {exception.Message}. Choose another address or port.", exception);
        }
    }
}
