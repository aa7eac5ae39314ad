using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Founding;

namespace Gatehouse.Tests.Spec.Token;

/// <summary>Sends token requests of every shape.</summary>
internal static class TokenRequests
{
    public const string Endpoint = "/as/token.oauth2";

    public static string Form(Credentials credentials, string more = "") =>
        $"grant_type=client_credentials&client_id={credentials.ClientId}&client_secret={credentials.ClientSecret}{more}";

    public static Task<TokenAnswer> PostTokenAsync(this HttpClient auth, string body, Action<HttpRequestMessage>? change = null) =>
        auth.PostTokenAsync(Encoding.UTF8.GetBytes(body), change);

    public static async Task<TokenAnswer> PostTokenAsync(this HttpClient auth, byte[] body, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        change?.Invoke(request);
        return await TokenAnswer.ReadAsync(await auth.SendAsync(request));
    }

    public static void UseBasic(this HttpRequestMessage request, string user, string password) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
}

/// <summary>An answer of the token endpoint.</summary>
internal sealed record TokenAnswer(int Status, HttpResponseHeaders Headers, string? ContentType, JsonObject Body)
{
    /// <summary>The characters of <c>error</c> and <c>error_description</c> (RFC 6749 §5.2).</summary>
    public const string Printable = """^[\x20\x21\x23-\x5B\x5D-\x7E]+$""";

    public string? Error => (string?)Body["error"];

    public string TraceId => (string)Body["trace_id"]!;

    public static async Task<TokenAnswer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.ToString(),
        (await response.Content.ReadFromJsonAsync<JsonObject>())!);

    public void IsRefused(int status, string error)
    {
        Assert.Equal((status, error), (Status, Error));
        Assert.Equal("application/json", ContentType);
        Assert.True(Headers.CacheControl!.NoStore);
        Assert.Equal(16, TraceId.Length);
        Assert.Null(Body["access_token"]);
        Assert.Matches(Printable, error);
        Assert.Matches(Printable, (string?)Body["error_description"]);
    }
}
