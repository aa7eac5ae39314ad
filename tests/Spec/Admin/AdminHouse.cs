using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Admin;
using Gatehouse.Founding;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>A node with a published Admin API, the operator's program in one organization, and a second organization with things of its own.</summary>
public sealed class AdminHouse : IAsyncLifetime
{
    public TestNode Node { get; } = new() { Registration = Registration.RegistrationHouse.Rules(AuthServer.ClientMetadata.RegistrationMode.Pending) };

    public Api AdminApi { get; private set; } = null!;

    /// <summary>The operator's program.</summary>
    public Credentials Operator { get; private set; } = null!;

    /// <summary>A good token of the operator's program.</summary>
    public string Token { get; private set; } = null!;

    public Organization Neighbour { get; private set; } = null!;

    public Api NeighboursApi { get; private set; } = null!;

    /// <summary>An application of the second organization.</summary>
    public Credentials NeighboursApplication { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Node.InitializeAsync();
        AdminApi = await Node.Founder.PublishAdminApiAsync(Node.Organization, TestNode.Issuer + AdminOptions.BasePath);
        Operator = await CreateOperatorAsync("Operator's program");
        Neighbour = await Node.Founder.CreateOrganizationAsync("neighbour", "Neighbour");
        var api = Node.DescribeApi("parcels", Node.Upstream.Url);
        api.OrganizationId = Neighbour.Id;
        NeighboursApi = await Node.Founder.PublishAsync(api);
        NeighboursApplication = await Node.Founder.CreateApplicationAsync(Neighbour, "Neighbour's", string.Empty, NeighboursApi, ownerId: null);
        await Node.SettleAsync();
        Token = await Node.ObtainTokenAsync(Operator);
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    public Task<Credentials> CreateOperatorAsync(string name) => Node.CreateApplicationAsync(AdminApi, name);

    public Task<AdminAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<AdminAnswer> PostAsync(string path, JsonObject? body = null) => SendAsync(HttpMethod.Post, path, body);

    /// <summary>Sends JSON as it is written, good or bad.</summary>
    public Task<AdminAnswer> PostTextAsync(string path, string json) => SendAsync(HttpMethod.Post, path, change: request =>
        request.Content = new StringContent(json, Encoding.UTF8, "application/json"));

    public Task<AdminAnswer> PutAsync(string path, JsonObject body) => SendAsync(HttpMethod.Put, path, body);

    public Task<AdminAnswer> PatchAsync(string path, JsonObject body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<AdminAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    /// <summary>Sends with the operator's token, unless the test changes that.</summary>
    public async Task<AdminAnswer> SendAsync(HttpMethod method, string path, JsonObject? body = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, AdminOptions.BasePath + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        change?.Invoke(request);
        using var response = await Node.Auth.SendAsync(request);
        var json = response.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json";
        return new AdminAnswer(
            response.StatusCode, json ? await response.Content.ReadFromJsonAsync<JsonObject>() ?? [] : [], response.Content.Headers.ContentType?.MediaType,
            response.Headers.WwwAuthenticate.ToString(), response.Headers.Location?.ToString(), response.Headers.CacheControl?.NoStore == true, response.Headers.RetryAfter is not null);
    }

    public Task<AdminAnswer> CallWithTokenAsync(string? token) => SendAsync(HttpMethod.Get, "/organization", change: request =>
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token));

    /// <summary>Registers an application with a contract for the things API.</summary>
    public async Task<(string ClientId, JsonObject Body)> RegisterAsync(string name = "Shop")
    {
        var created = await PostAsync("/applications", new JsonObject
        {
            ["client_name"] = name, ["apis"] = new JsonArray(new JsonObject { ["api"] = "things", ["plan"] = "standard" }),
        });
        Assert.Equal(HttpStatusCode.Created, created.Status);
        return ((string)created.Body["client_id"]!, created.Body);
    }

    /// <summary>Who did what to a subject, oldest first.</summary>
    public async Task<IReadOnlyList<string>> AuditAsync(string subject)
    {
        await using var db = Node.Database.Open();
        return await db.AuditEvents.Where(row => row.Subject == subject).OrderBy(row => row.At).ThenBy(row => row.Id)
            .Select(row => row.Actor + " " + row.Action).ToListAsync();
    }
}

/// <summary>What the Admin API answered.</summary>
public sealed record AdminAnswer(
    HttpStatusCode Status, JsonObject Body, string? MediaType, string Challenge, string? Location, bool NoStore, bool HasRetryAfter)
{
    /// <summary>The fields that a refusal names.</summary>
    public IEnumerable<string> Fields => (Body["errors"] as JsonArray ?? []).Select(error => (string)error!["field"]!);

    public JsonArray List(string name) => Body[name]!.AsArray();

    /// <summary>A refusal is a problem (RFC 9457) with a trace id, and names the field at fault if there is one.</summary>
    public void AssertRefused(int status, string? field = null)
    {
        Assert.Equal(status, (int)Status);
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal(status, (int)Body["status"]!);
        Assert.NotEmpty((string)Body["detail"]!);
        Assert.NotEmpty((string)Body["trace_id"]!);
        Assert.True(NoStore);
        if (field is not null) Assert.Equal([field], Fields);
    }
}
