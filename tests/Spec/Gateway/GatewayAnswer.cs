using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Spec.Gateway;

/// <summary>Holds a refusal of the gateway to its shape.</summary>
internal static class GatewayAnswer
{
    public static async Task<JsonObject> IsRefusedAsync(this HttpResponseMessage answer, int status, string code)
    {
        var problem = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal((status, code), ((int)answer.StatusCode, (string?)problem["code"]));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(status, (int)problem["status"]!);
        Assert.Equal(16, ((string)problem["trace_id"]!).Length);
        return problem;
    }

    /// <summary>401 with <c>error="invalid_token"</c> (RFC 6750 §3.1).</summary>
    public static async Task IsInvalidTokenAsync(this HttpResponseMessage answer, string code)
    {
        await answer.IsRefusedAsync(401, code);
        var challenge = Assert.Single(answer.Headers.WwwAuthenticate);
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.Contains("error=\"invalid_token\"", challenge.Parameter, StringComparison.Ordinal);
    }
}
