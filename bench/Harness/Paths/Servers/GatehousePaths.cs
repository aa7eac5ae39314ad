using System.Text.Json.Nodes;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Paths.Servers;

/// <summary>The product itself: one node with all roles on SQLite, one application for each way to use it, and the person that <c>init</c> made.</summary>
/// <param name="program">Its <c>gatehouse.dll</c>.</param>
internal sealed class GatehousePaths(string name, string program, PathEntry entry) : PathServer(
    name, "the product: gatehouse serve with all roles on SQLite, every write durable", entry)
{
    private const string Api = "labels";
    private const string Plan = "standard";

    // A browser in a hurry: the usual bound of authorization requests from one address would be met at once.
    private static readonly Dictionary<string, string> Pace = new() { ["Authorization__RequestsPerMinute"] = "1000000" };

    private GatehouseNode? _node;
    private (string Email, string Password) _person;
    private string _service = string.Empty;
    private string _reference = string.Empty;
    private PathClient? _teller;
    private PathClient? _confidential;
    private PathClient? _public;

    public override Uri TokenEndpoint => Node.TokenEndpoint;

    public override Uri IntrospectionEndpoint => new($"{Node.Issuer}/as/introspect.oauth2");

    public override Uri CallUrl => new(Node.Gateway, Rig.CallPath);

    public override PathClient Teller => _teller!;

    public override PathClient Confidential => _confidential!;

    public override PathClient Public => _public!;

    private GatehouseNode Node => _node ?? throw new InvalidOperationException("It has not been started.");

    private Uri AuthorizationEndpoint => new($"{Node.Issuer}/as/authorization.oauth2");

    public override string TokenRequest(bool isReference) => isReference ? _reference : _service;

    /// <summary>The person signs in and allows when asked: once for each application, after that the codes come without a question.</summary>
    public override async Task<string> ObtainCodeAsync(PathClient client, CancellationToken cancellation)
    {
        var begin = AuthorizationRequest(AuthorizationEndpoint, client, Rig.Scope);
        var visit = await Browser.VisitAsync(begin, cancellation);
        if (visit.Url.AbsolutePath.EndsWith("/sign-in", StringComparison.Ordinal))
        {
            var fields = new Dictionary<string, string> { ["Email"] = _person.Email, ["Password"] = _person.Password };
            await Browser.SendAsync(visit, fields, cancellation);
            visit = await Browser.VisitAsync(begin, cancellation);
        }
        if (visit is { IsAway: false, Refresh: null })
            visit = await Browser.SendAsync(visit, new Dictionary<string, string> { ["decision"] = "allow" }, cancellation);
        if (visit.Refresh is { } onward) visit = await Browser.VisitAsync(onward, cancellation);
        return Browser.CodeOf(visit.Url);
    }

    protected override async Task LaunchAsync(Rig rig, CancellationToken cancellation)
    {
        if (!File.Exists(program)) throw new BenchException($"There is no {program}.");
        _node = new GatehouseNode(rig, Name, program, Pace);
        var founded = await _node.FoundAsync(cancellation);
        var person = founded.GetProperty("operator");
        _person = (person.GetProperty("email").GetString()!, person.GetProperty("password").GetString()!);
        Own(await _node.ServeAsync(cancellation));
        Version = System.Diagnostics.FileVersionInfo.GetVersionInfo(program).ProductVersion ?? "-";
        using var http = rig.Client();
        await RegisterAsync(new GatehouseOperator(http, founded, _node.TokenEndpoint), rig.Upstream?.Url ?? "http://127.0.0.1:9", cancellation);
    }

    private async Task RegisterAsync(GatehouseOperator officer, string upstream, CancellationToken cancellation)
    {
        await officer.SignInAsync(cancellation);
        await officer.PublishAsync(Api, Rig.Scope, upstream, cancellation);
        _teller = await MakeAsync(officer, "Teller", new JsonObject(), cancellation);
        await officer.PublishAsync(Api, Rig.Scope, upstream, cancellation, _teller.Id);
        _service = RequestOf(await MakeAsync(officer, "Bench", new JsonObject(), cancellation));
        _reference = RequestOf(await MakeAsync(officer, "Reference", new JsonObject { ["access_token_format"] = "reference" }, cancellation));
        _confidential = await MakeAsync(officer, "Confidential", CodeFlow(), cancellation);
        _public = await MakeAsync(officer, "Public", CodeFlow(isPublic: true), cancellation);
    }

    private static string RequestOf(PathClient client) => GatehouseOperator.FormOf(client.Id, client.Secret!);

    private static JsonObject CodeFlow(bool isPublic = false) => new()
    {
        ["grant_types"] = new JsonArray("authorization_code", "refresh_token"), ["redirect_uris"] = new JsonArray(Pkce.RedirectUri),
        ["token_endpoint_auth_method"] = isPublic ? "none" : "client_secret_post",
    };

    private static async Task<PathClient> MakeAsync(GatehouseOperator officer, string name, JsonObject metadata, CancellationToken cancellation)
    {
        var made = await officer.RegisterAsync(name, Api, Plan, metadata, cancellation);
        var secret = made.TryGetProperty("client_secret", out var value) ? value.GetString() : null;
        return new PathClient(made.GetProperty("client_id").GetString()!, secret);
    }
}
