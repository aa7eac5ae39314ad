using System.Globalization;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Interop.Clients.Node;

/// <summary>A client library for Node.js: one process goes through all flows and says one line for each; each line is one test result.</summary>
/// <param name="house">What it runs against.</param>
/// <param name="client">The name of its program in <c>Programs/</c>.</param>
public abstract class NodeClient(RunningHouse house, string client) : IAsyncLifetime
{
    private Running? _program;
    private Applications? _applications;

    internal RunningHouse House => house;

    public virtual async ValueTask InitializeAsync()
    {
        _applications = await house.RegisterAsync(client, Api);
        var facts = _applications.ToJson();
        (facts["issuer"], facts["outside"], facts["call"], facts["resource"]) = (house.Issuer, house.Outside.Url, house.Call, house.Resource);
        AddFacts(facts);
        _program = NodeProgram.Start(client + ".mjs", new Dictionary<string, string>
        {
            ["FACTS"] = facts.ToJsonString(), ["NODE_EXTRA_CA_CERTS"] = house.CaFile,
        });
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_program is not null) await _program.DisposeAsync();
        _applications?.Dispose();
    }

    /// <summary>Fails unless the program has said that it went through the flow.</summary>
    public async Task PassedAsync(string flow)
    {
        await _program!.EndAsync();
        var lines = _program.Output.Split('\n').Where(line => line.Split(' ') is [_, var named, ..] && named == flow).ToList();
        Assert.True(lines is [var only] && only == $"PASSED {flow}",
            $"{client}: {(lines.Count == 0 ? $"nothing was said of {flow}." : string.Join('\n', lines))}\n{_program.Error}\n{house.Log}");
    }

    /// <summary>Fails unless the program has said something of the flows in the library's column, and of no other.</summary>
    public async Task SaidOnlyAsync(string library)
    {
        await _program!.EndAsync();
        var said = _program.Output.Split('\n').Select(line => line.Split(' ')).Where(words => words is ["PASSED" or "FAILED", ..]).Select(words => words[1]);
        Assert.Equal(Library.Named(library).Passes.Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));
    }

    /// <summary>The API that its applications may call.</summary>
    protected virtual string Api => Apis.Parcels;

    protected virtual void AddFacts(JsonObject facts)
    {
    }
}

public sealed class OpenIdClient(RunningHouse house) : NodeClient(house, "openid-client");

public sealed class OAuth4WebApi(RunningHouse house) : NodeClient(house, "oauth4webapi");

/// <summary>It knows the address of an MCP server; and where a document about itself is published.</summary>
public sealed class McpSdk(RunningHouse house) : NodeClient(house, "mcp")
{
    private Running? _server;

    protected override string Api => Apis.Mcp;

    public override async ValueTask InitializeAsync()
    {
        _server = NodeProgram.Start("mcp-server.mjs", new Dictionary<string, string> { ["PORT"] = House.McpPort.ToString(CultureInfo.InvariantCulture) });
        await _server.SaysAsync("MCP server listens");
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    protected override void AddFacts(JsonObject facts)
    {
        const string path = "/inspector.json";
        facts["mcp"] = $"{House.Gateway}/mcp";
        facts["document"] = House.Outside.Publish(path, new JsonObject
        {
            ["client_id"] = House.Outside.Url + path, ["client_name"] = "Inspector", ["redirect_uris"] = new JsonArray("http://127.0.0.1:33418/callback"),
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"), ["token_endpoint_auth_method"] = "none",
        }.ToJsonString());
    }
}
