using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>What an operator does before the first call: publishes an API, registers applications; and what those do: obtain tokens.</summary>
internal sealed class GatehouseOperator(HttpClient http, JsonElement founded, Uri tokenEndpoint)
{
    private readonly string _adminUrl = founded.GetProperty("admin_url").GetString()!;
    private AuthenticationHeaderValue? _authorization;

    /// <summary>A form for the token endpoint.</summary>
    public static string FormOf(string clientId, string clientSecret) =>
        $"grant_type=client_credentials&client_id={Uri.EscapeDataString(clientId)}&client_secret={Uri.EscapeDataString(clientSecret)}";

    public async Task SignInAsync(CancellationToken cancellation)
    {
        var program = founded.GetProperty("admin_client");
        var form = FormOf(program.GetProperty("client_id").GetString()!, program.GetProperty("client_secret").GetString()!);
        _authorization = new AuthenticationHeaderValue("Bearer", await ObtainTokenAsync(form, cancellation));
    }

    /// <summary>Publishes an API whose one operation asks for its one scope, with a second plan whose tokens expire as soon as they may.</summary>
    /// <param name="resourceServers">The client_id of those who may introspect its tokens.</param>
    public Task PublishAsync(string slug, string scope, string upstream, CancellationToken cancellation, params string[] resourceServers)
    {
        var api = new JsonObject
        {
            ["name"] = slug,
            ["resource"] = $"https://api.bench.example/{slug}",
            ["upstream"] = upstream,
            ["scopes"] = new JsonArray(new JsonObject { ["scope"] = scope }),
            ["resource_servers"] = new JsonArray([.. resourceServers.Select(id => JsonValue.Create(id))]),
            ["operations"] = new JsonArray(new JsonObject { ["method"] = "GET", ["path"] = $"/{slug}/{{id}}", ["scope"] = scope }),
            ["plans"] = new JsonArray(
                new JsonObject { ["slug"] = "standard", ["name"] = "Standard" },
                new JsonObject { ["slug"] = "brief", ["name"] = "Brief", ["token_lifetime_seconds"] = 60 }),
        };
        return SendAsync(HttpMethod.Put, $"/apis/{slug}", api, cancellation);
    }

    /// <summary>Publishes an API with many operations that nobody here calls.</summary>
    public Task PublishManyAsync(string slug, int operations, string upstream, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Put, $"/apis/{slug}", new JsonObject
        {
            ["name"] = slug,
            ["resource"] = $"https://api.bench.example/{slug}",
            ["upstream"] = upstream,
            ["scopes"] = new JsonArray(new JsonObject { ["scope"] = $"{slug}.read" }),
            ["operations"] = new JsonArray([.. Enumerable.Range(0, operations).Select(number => new JsonObject
            {
                ["method"] = "GET", ["path"] = $"/{slug}/kind{number}/{{id}}", ["scope"] = $"{slug}.read",
            })]),
            ["plans"] = new JsonArray(new JsonObject { ["slug"] = "standard", ["name"] = "Standard" }),
        }, cancellation);

    /// <returns>The form with which the new application obtains its tokens.</returns>
    public async Task<string> RegisterAsync(string name, string api, string plan, CancellationToken cancellation)
    {
        var made = await RegisterAsync(name, api, plan, new JsonObject(), cancellation);
        return FormOf(made.GetProperty("client_id").GetString()!, made.GetProperty("client_secret").GetString()!);
    }

    /// <returns>The new application as it is registered, with its secret if it has one.</returns>
    public Task<JsonElement> RegisterAsync(string name, string api, string plan, JsonObject metadata, CancellationToken cancellation)
    {
        metadata["client_name"] = name;
        metadata["apis"] = new JsonArray(new JsonObject { ["api"] = api, ["plan"] = plan });
        return SendAsync(HttpMethod.Post, "/applications", metadata, cancellation);
    }

    public async Task<string> ObtainTokenAsync(string form, CancellationToken cancellation)
    {
        using var content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using var answer = await http.PostAsync(tokenEndpoint, content, cancellation);
        return (await ReadAsync(answer, cancellation)).GetProperty("access_token").GetString()!;
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(_adminUrl + path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = _authorization;
        using var answer = await http.SendAsync(request, cancellation);
        return await ReadAsync(answer, cancellation);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (!answer.IsSuccessStatusCode) throw new BenchException($"{answer.RequestMessage?.RequestUri} answered {(int)answer.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
