using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Interop.House;

/// <summary>
/// What is around Gatehouse: the server of others that publishes key sets and client documents, and the way for a client in a process of its own
/// to send its user's browser somewhere.
/// </summary>
internal sealed class Outside : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _documents = new();
    private readonly ConcurrentDictionary<string, Person> _browsers = new();
    private readonly RunningHouse _house;
    private readonly int _port = FreePorts.Take();
    private WebApplication? _app;

    private Outside(RunningHouse house) => _house = house;

    public string Url => $"https://localhost:{_port}";

    public static async Task<Outside> StartAsync(RunningHouse house)
    {
        var outside = new Outside(house);
        outside._app = await LocalSite.StartAsync(house, outside._port, _ => { }, app =>
        {
            app.MapGet("/visit", outside.VisitAsync);
            app.MapFallback("/{**path}", outside.PublishAsync);
        });
        return outside;
    }

    /// <summary>Publishes a JSON document.</summary>
    /// <returns>Its URL.</returns>
    public string Publish(string path, string json)
    {
        _documents[path] = json;
        return Url + path;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        foreach (var browser in _browsers.Values) browser.Dispose();
    }

    // Each name is a browser of its own: who signs out in one must not end what another is at.
    // Answers with where the browser was sent in the end, and what it would have posted there.
    private async Task VisitAsync(HttpContext http)
    {
        try
        {
            var query = http.Request.Query;
            var browser = _browsers.GetOrAdd(query["browser"].ToString(), _ => _house.OpenBrowser());
            await http.Response.WriteAsJsonAsync(await browser.VisitAsync(query["url"].ToString(), query["decision"].ToString()), JsonSerializerOptions.Web);
        }
        catch (InvalidOperationException exception)
        {
            http.Response.StatusCode = StatusCodes.Status502BadGateway;
            await http.Response.WriteAsync(exception.Message);
        }
    }

    private Task PublishAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        if (_documents.TryGetValue(http.Request.Path.Value!, out var json)) return http.Response.WriteAsync(json);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
