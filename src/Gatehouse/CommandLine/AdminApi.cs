using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Client;
using Gatehouse.Composition;

namespace Gatehouse.CommandLine;

/// <summary>Calls the Admin API. Every failure becomes one line that says what to do.</summary>
internal sealed class AdminApi : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _base;

    /// <exception cref="StartRefusedException">The connection is not usable.</exception>
    public AdminApi(AppsConnection connection)
    {
        try
        {
            _http = AccessTokenHandler.CreateHttpClient(connection.Token);
        }
        catch (ArgumentException exception)
        {
            throw new StartRefusedException(OneLine(exception.Message), exception);
        }
        _base = connection.AdminUrl.AbsoluteUri.TrimEnd('/');
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, cancellation);

    public Task<JsonElement> PostAsync(string path, JsonObject? body, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, path, body, cancellation);

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(_base + path));
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            var answer = await ReadAsync(response, cancellation);
            return response.IsSuccessStatusCode ? answer : throw new StartRefusedException(Explain(response.StatusCode, answer));
        }
        catch (AccessTokenException exception)
        {
            throw new StartRefusedException(OneLine($"{exception.Message} {Advice(exception.Failure)}"), exception);
        }
        catch (HttpRequestException exception)
        {
            throw new StartRefusedException(
                OneLine($"{_base} cannot be reached: {exception.InnerException?.Message ?? exception.Message} "
                    + "Check that Gatehouse runs and that its CA is trusted."), exception);
        }
        catch (TaskCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new StartRefusedException($"{_base} did not answer in time. Try again.", exception);
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/json" or "application/problem+json")) return default;
        try
        {
            using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), default, cancellation);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default; // The status speaks for itself.
        }
    }

    private static string Explain(HttpStatusCode status, JsonElement problem)
    {
        var detail = problem.Text("detail");
        if (detail.Length == 0) return $"The Admin API answered {(int)status}. Check that the address is that of the Admin API.";
        var fields = problem.Items("errors").Select(error => error.Text("field"))
            .Where(field => field.Length > 0 && !detail.Contains(field, StringComparison.Ordinal)).ToList();
        return OneLine($"{detail}{(fields.Count > 0 ? $" ({string.Join(", ", fields)})" : "")} [{(int)status}, trace {problem.Text("trace_id")}]");
    }

    private static string Advice(AccessTokenFailure failure) => failure switch
    {
        AccessTokenFailure.Refused => "Check the client_id, its secret, and that its contract for the Admin API is approved.",
        AccessTokenFailure.Unavailable => "Check that Gatehouse runs and that its CA is trusted.",
        _ => "Check the address of the token endpoint.",
    };

    private static string OneLine(string text) => JsonText.Printable(text.ReplaceLineEndings(" "));
}
