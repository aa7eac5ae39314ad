using System.Net;
using System.Net.Http.Headers;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Probing;

/// <summary>Calls a gateway once for everything that counts: a target that lets a bad token through is not measured.</summary>
internal sealed class GatewayProbe(Target target, HttpClient http)
{
    /// <param name="isPatient">Waits for tokens that have yet to expire; otherwise they are left for the next time.</param>
    public async Task CheckAsync(bool isPatient, CancellationToken cancellation)
    {
        var (status, body) = await CallAsync(target.Tokens[0], cancellation);
        if (status != HttpStatusCode.OK || body != Upstream.Body) throw new BenchException($"{target.Name} answered {(int)status}: {body}");
        foreach (var refusal in target.MustRefuse)
        {
            var wait = refusal.From - TimeProvider.System.GetUtcNow();
            if (wait > TimeSpan.Zero && !isPatient) continue;
            if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellation);
            var (refused, _) = await CallAsync(refusal.Secret, cancellation);
            if (refused is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
                throw new BenchException($"{target.Name} answered {refusal.What} with {(int)refused}.");
        }
    }

    private async Task<(HttpStatusCode Status, string Body)> CallAsync(string? token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target.Url);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
    }
}
