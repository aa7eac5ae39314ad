using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Sizes;

/// <summary>Single requests: the proof that what was seeded is real, and tokens for the load of the gateway.</summary>
internal sealed class Asking(Installation installation, HttpClient http)
{
    private const int Proofs = 20;

    /// <summary>Random applications get tokens that open the API, with their own secrets alone; what was revoked opens nothing.</summary>
    public async Task ProveAsync(CancellationToken cancellation)
    {
        for (var proof = 0; proof < Proofs; proof++)
        {
            var number = RandomNumberGenerator.GetInt32(installation.Size.Applications);
            var token = await ObtainAsync(installation.Credentials.Form(number), cancellation);
            var id = installation.Credentials.ClientId(number);
            if (ClaimsOf(token).GetProperty("client_id").GetString() != id) throw new BenchException($"The token of {id} is not its own.");
            await CallAsync(token, HttpStatusCode.OK, cancellation);
        }
        var wrong = Tampered.Change(installation.Credentials.Form(installation.Size.Applications - 1));
        using (var refused = await PostAsync(wrong, cancellation))
            if (refused.StatusCode != HttpStatusCode.Unauthorized) throw new BenchException($"A wrong secret was answered with {(int)refused.StatusCode}.");
        if (installation.RevokedToken is { } revoked) await CallAsync(revoked, HttpStatusCode.Unauthorized, cancellation);
    }

    public async Task<string> ObtainAsync(string form, CancellationToken cancellation)
    {
        using var answer = await PostAsync(form, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (!answer.IsSuccessStatusCode) throw new BenchException($"{installation.Size.Name} answered {(int)answer.StatusCode}: {text}");
        return JsonElement.Parse(text).GetProperty("access_token").GetString()!;
    }

    /// <summary>Writes tokens into a file, one a line; which application each is of, the caller says.</summary>
    public async Task WriteTokensAsync(string file, int count, Func<int, int> application, CancellationToken cancellation)
    {
        var tokens = new string[count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellation };
        await Parallel.ForAsync(0, count, options, async (place, stop) =>
            tokens[place] = await ObtainAsync(installation.Credentials.Form(application(place)), stop));
        await File.WriteAllLinesAsync(file, tokens, cancellation);
    }

    private async Task CallAsync(string token, HttpStatusCode expected, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, installation.CallUrl);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, cancellation);
        if (answer.StatusCode != expected) throw new BenchException($"A call was answered with {(int)answer.StatusCode} instead of {(int)expected}.");
    }

    private async Task<HttpResponseMessage> PostAsync(string form, CancellationToken cancellation)
    {
        using var content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        return await http.PostAsync(installation.TokenEndpoint, content, cancellation);
    }

    private static JsonElement ClaimsOf(string token) => JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));
}
