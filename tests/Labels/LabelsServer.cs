using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Labels;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Labels;

/// <summary>A running Labels API on a free port, called as the gateway calls it.</summary>
internal sealed class LabelsServer : IAsyncDisposable
{
    public const string Domestic = "/labels/domestic";

    private LabelsServer(WebApplication app)
    {
        App = app;
        Http = new() { BaseAddress = new(app.Urls.Single()) };
    }

    public WebApplication App { get; }

    public HttpClient Http { get; }

    public static async Task<LabelsServer> StartAsync(LabelsOptions? options = null)
    {
        // A Friday.
        var app = LabelsApi.CreateApp(options ?? new(), new FakeTimeProvider(new(2026, 3, 6, 9, 30, 0, TimeSpan.Zero)));
        await app.StartAsync();
        return new(app);
    }

    /// <summary>A good order; a test changes what it is about.</summary>
    public static JsonObject Order() => JsonNode.Parse(
        """
        {
          "from": { "name": "Ada Marsh", "street1": "48 Wharf Street", "city": "Portland", "state": "ME", "zip": "04101" },
          "to": { "name": "Leon Whitfield", "street1": "2190 Juniper Avenue", "city": "Boulder", "state": "CO", "zip": "80304" },
          "weight": { "value": 12, "unit": "oz" },
          "service": "ground"
        }
        """)!.AsObject();

    public Task<HttpResponseMessage> PostAsync(JsonNode order, string client = "app-1") => PostAsync(order.ToJsonString(), client);

    public Task<HttpResponseMessage> PostAsync(string body, string? client = "app-1", string mediaType = "application/json") =>
        SendAsync(HttpMethod.Post, Domestic, client, new StringContent(body, Encoding.UTF8, mediaType));

    public Task<HttpResponseMessage> GetAsync(Uri? label, string? client = "app-1", string accept = "*/*") =>
        SendAsync(HttpMethod.Get, label!.OriginalString, client, null, accept);

    public async Task<JsonElement> BuyAsync(JsonNode order)
    {
        using var response = await PostAsync(order);
        Assert.Equal(201, (int)response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, int status)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? client, HttpContent? content, string accept = "*/*")
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("Accept", accept);
        if (client is not null)
            request.Headers.Add("X-Gatehouse-Client-Id", client);
        return await Http.SendAsync(request);
    }
}
