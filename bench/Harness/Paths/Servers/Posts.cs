using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Bench.Harness.Paths.Servers;

/// <summary>Sends forms to one server and reads its answers.</summary>
internal sealed class Posts(string server, HttpClient http)
{
    private static readonly MediaTypeHeaderValue Form = new("application/x-www-form-urlencoded");

    /// <summary>One member of the answer, or null; anything but 200 ends the run.</summary>
    public async Task<string?> AskAsync(Uri url, string form, string member, CancellationToken cancellation, DpopProver? prover = null)
    {
        using var answer = await SendAsync(url, form, prover?.Prove("POST", url), cancellation);
        prover?.Learn(answer);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellation);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new BenchException($"{server} answered {url} with {(int)answer.StatusCode}: {Encoding.UTF8.GetString(body)}");
        return Find(body, member);
    }

    /// <summary>The whole answer.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(Uri url, string form, string? proof, CancellationToken cancellation)
    {
        using var answer = await SendAsync(url, form, proof, cancellation);
        var body = await answer.Content.ReadAsStringAsync(cancellation);
        return (answer.StatusCode, JsonElement.Parse(body));
    }

    /// <summary>The answer to a call with a token.</summary>
    public async Task<HttpResponseMessage> CallAsync(Uri url, string? authorization, string? proof, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (proof is not null) request.Headers.TryAddWithoutValidation("DPoP", proof);
        return await http.SendAsync(request, cancellation);
    }

    /// <summary>What the server must refuse.</summary>
    public async Task MustRefuseAsync(string what, Uri url, string form, CancellationToken cancellation, string? proof = null)
    {
        using var answer = await SendAsync(url, form, proof, cancellation);
        if (answer.StatusCode is not (HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests))
            throw new BenchException($"{server} answered {what} with {(int)answer.StatusCode}.");
    }

    public async Task<HttpResponseMessage> SendAsync(Uri url, string form, string? proof, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(form, Form) };
        if (proof is not null) request.Headers.TryAddWithoutValidation("DPoP", proof);
        return await http.SendAsync(request, cancellation);
    }

    private static string? Find(byte[] body, string member)
    {
        var json = new Utf8JsonReader(body);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName) continue;
            var isIt = json.ValueTextEquals(member);
            json.Read();
            if (isIt) return json.GetString();
            json.Skip();
        }
        return null;
    }
}
