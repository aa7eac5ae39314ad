using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gatehouse.Bench.Harness.Machine;
using Gatehouse.Bench.Harness.Measuring;
using Gatehouse.Bench.Harness.Seeding;
using Gatehouse.Bench.Harness.Targets;
using Gatehouse.Store.Database;
using Gatehouse.Store.Secrets;

namespace Gatehouse.Bench.Harness.Sizes;

/// <summary>One node whose store has been filled to a size.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private const int OperationsOfOneApi = 100;

    private readonly Rig _rig;
    private readonly GatehouseNode _node;
    private readonly Dictionary<string, string> _settings;
    private readonly StoreOptions _store;
    private Pinned? _process;

    /// <param name="connectionString">Of its PostgreSQL database; null for SQLite.</param>
    public Installation(Rig rig, Size size, string program, string? connectionString)
    {
        (_rig, Size) = (rig, size);
        _settings = connectionString is null ? [] : new Dictionary<string, string>
        {
            ["Store__Provider"] = "postgresql", ["Store__ConnectionString"] = connectionString,
        };
        _node = new GatehouseNode(rig, size.Name, program, _settings);
        _store = connectionString is null ? StoreOptions.Sqlite(_node.StoreFile) : StoreOptions.PostgreSql(connectionString);
    }

    public Size Size { get; }

    public SeededCredentials Credentials { get; } = new();

    public Uri TokenEndpoint => _node.TokenEndpoint;

    public Uri CallUrl => new(_node.Gateway, Rig.CallPath);

    public int ProcessId => _process!.Id;

    /// <summary>A token that was revoked while the node did not run; null: none was.</summary>
    public string? RevokedToken { get; private set; }

    /// <summary>Seconds from the start of the process, on all CPUs, to the first token's answer: one for each start.</summary>
    public List<double> Starts { get; } = [];

    /// <summary>The settings with which it starts the next time.</summary>
    public void Set(string name, int value) => _settings[name] = value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Founds the node, registers one application as an operator does, and fills the store with copies of it.</summary>
    public async Task FillAsync(CancellationToken cancellation)
    {
        var founded = await _node.FoundAsync(cancellation);
        string template;
        await using (await _node.ServeAsync(cancellation))
        {
            using var http = _rig.Client();
            var officer = new GatehouseOperator(http, founded, TokenEndpoint);
            await officer.SignInAsync(cancellation);
            await officer.PublishAsync("labels", Rig.Scope, _rig.UpstreamUrl, cancellation);
            for (var number = 0; number * OperationsOfOneApi < Size.Routes; number++)
                await officer.PublishManyAsync($"api{number}", Math.Min(OperationsOfOneApi, Size.Routes - number * OperationsOfOneApi), _rig.UpstreamUrl, cancellation);
            template = await officer.RegisterAsync("Template", "labels", "standard", cancellation);
            if (Size.Revoked > 0) RevokedToken = await officer.ObtainTokenAsync(template, cancellation);
        }
        await SeedAsync(template.Split('&')[1].Split('=')[1], cancellation);
    }

    public async Task MeasureStartAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await using var node = _node.Launch();
        await FirstToken.AwaitAsync(_rig, TokenEndpoint, Credentials.Form(0), cancellation);
        Starts.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Starts it for good, on the CPU of servers.</summary>
    public async Task ServeAsync(CancellationToken cancellation) => _process = await _node.ServeAsync(cancellation);

    public async Task StopAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task SeedAsync(string templateId, CancellationToken cancellation)
    {
        var key = new KeyEncryptionKey(Convert.FromBase64String(await File.ReadAllTextAsync(_node.KeyFile, cancellation)));
        await using BulkWriter bulk = _store.Provider == StoreProvider.Sqlite
            ? await SqliteBulk.OpenAsync(_node.StoreFile, cancellation)
            : await PostgresBulk.OpenAsync(_store.ConnectionString, cancellation);
        var seed = new StoreSeed(bulk, _store, key, TimeProvider.System);
        await seed.AddApplicationsAsync(templateId, Credentials, Size.Applications, cancellation);
        if (RevokedToken is { } token) await seed.AddRevokedAsync(Size.Revoked, [IdOf(token)], cancellation);
        await bulk.SettleAsync(cancellation);
    }

    private static string IdOf(string token) =>
        JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1])).GetProperty("jti").GetString()!;
}
