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
    private readonly Person _person;
    private readonly int _port = FreePorts.Take();
    private WebApplication? _app;

    private Outside(Person person) => _person = person;

    public string Url => $"https://localhost:{_port}";

    public static async Task<Outside> StartAsync(RunningHouse house)
    {
        var outside = new Outside(house.OpenBrowser());
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
        _person.Dispose();
    }

    // Answers with where the browser was sent in the end, and what it would have posted there.
    private async Task VisitAsync(HttpContext http)
    {
        try
        {
            await http.Response.WriteAsJsonAsync(await _person.VisitAsync(http.Request.Query["url"].ToString()), JsonSerializerOptions.Web);
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
