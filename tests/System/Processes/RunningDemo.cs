using System.Globalization;
using System.Text.Json;

namespace Gatehouse.Tests.System.Processes;

/// <summary><c>gatehouse demo</c> on free ports; it answers requests.</summary>
internal sealed class RunningDemo : IAsyncDisposable
{
    private const string LastLine = "Ctrl+C ends it.";

    /// <summary>A body that buys a label.</summary>
    public const string Parcel =
        """{"from":{"name":"Ida Brook","street1":"5 Quay Lane","city":"Portland","state":"ME","zip":"04101"},"to":{"name":"Sam Field","street1":"77 Aspen Road","city":"Boulder","state":"CO","zip":"80304"},"weight":{"value":9,"unit":"oz"},"service":"ground"}""";

    private RunningDemo(Running program, string folder, DemoFacts facts) => (Program, Folder, Facts) = (program, folder, facts);

    public Running Program { get; }

    /// <summary>Its data folder.</summary>
    public string Folder { get; }

    public DemoFacts Facts { get; }

    /// <param name="folder">Its data folder.</param>
    /// <param name="port">Null: one that is free.</param>
    /// <param name="apiPort">Likewise.</param>
    /// <param name="before">A command that starts another.</param>
    public static async Task<RunningDemo> StartAsync(string folder, int? port = null, int? apiPort = null, IReadOnlyList<string>? before = null)
    {
        var program = Running.Gatehouse(Arguments(folder, port ?? FreePorts.Take(), apiPort ?? FreePorts.Take()), before: before);
        try
        {
            await program.SaysAsync(LastLine);
            return new RunningDemo(program, folder, DemoFacts.Read(Path.Combine(folder, "demo.json")));
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    public static string[] Arguments(string folder, int port, int apiPort) =>
        ["demo", "--data", folder, "--port", port.ToString(CultureInfo.InvariantCulture), "--api-port", apiPort.ToString(CultureInfo.InvariantCulture)];

    /// <summary>A client that trusts the demo's CA.</summary>
    public HttpClient Http(string? bearer = null) => TrustingHttp.Create(Facts.CaFile, bearer);

    /// <summary>An access token of the demo's application.</summary>
    public Task<string> TokenAsync() => TokenAsync(Facts.ClientId, Facts.ClientSecret);

    public async Task<string> TokenAsync(string clientId, string clientSecret)
    {
        using var http = Http();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = clientId, ["client_secret"] = clientSecret,
        });
        using var answer = await http.PostAsync(new Uri(Facts.TokenEndpoint), form);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("access_token").GetString()!;
    }

    /// <summary>The answer to an API call that needs a token and nothing else.</summary>
    public async Task<HttpResponseMessage> CallAsync(string token)
    {
        using var http = Http(token);
        return await http.GetAsync(new Uri(Facts.ApiUrl + "/labels/openapi.json"));
    }

    public Task<int> StopAsync() => Program.StopAsync();

    public ValueTask DisposeAsync() => Program.DisposeAsync();
}
