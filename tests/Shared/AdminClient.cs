using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Shared;

/// <summary>Calls the Admin API with a token of the operator's program.</summary>
internal sealed class AdminClient(string caFile, string adminUrl, string token) : IDisposable
{
    private readonly HttpClient _http = TrustingHttp.Create(caFile, token);

    /// <summary>Publishes an API whose every call is POST or GET below its own path, for every token of it.</summary>
    public Task PublishAsync(string slug, string upstream) => SendAsync(HttpMethod.Put, $"/apis/{slug}", new JsonObject
    {
        ["name"] = slug, ["resource"] = $"https://api.example.com/{slug}", ["upstream"] = upstream,
        ["operations"] = new JsonArray(
            new JsonObject { ["method"] = "GET", ["path"] = $"/{slug}/{{id}}" }, new JsonObject { ["method"] = "POST", ["path"] = $"/{slug}/{{id}}" }),
        ["plans"] = new JsonArray(new JsonObject { ["slug"] = "free", ["name"] = "Free" }),
    });

    /// <summary>Registers an application with an approved contract for the API.</summary>
    public async Task<Registered> RegisterAsync(string name, string api)
    {
        var made = await SendAsync(HttpMethod.Post, "/applications", new JsonObject { ["client_name"] = name, ["apis"] = new JsonArray(new JsonObject { ["api"] = api }) });
        var contract = made.GetProperty("apis")[0];
        Assert.Equal("approved", contract.GetProperty("state").GetString());
        return new Registered(
            made.GetProperty("client_id").GetString()!, made.GetProperty("client_secret").GetString()!, contract.GetProperty("contract_id").GetString()!);
    }

    /// <summary>Registers a public application that acts for users.</summary>
    /// <returns>The address that begins its sign-in, without a scope.</returns>
    public async Task<string> RegisterForUsersAsync(string name, string api, string redirectUri)
    {
        var made = await SendAsync(HttpMethod.Post, "/applications", new JsonObject
        {
            ["client_name"] = name, ["description"] = "Shows where your parcels are.", ["apis"] = new JsonArray(new JsonObject { ["api"] = api }),
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"), ["token_endpoint_auth_method"] = "none",
            ["redirect_uris"] = new JsonArray(redirectUri),
        });
        // The challenge of RFC 7636 Appendix B.
        return $"{new Uri(adminUrl).GetLeftPart(UriPartial.Authority)}/as/authorization.oauth2?response_type=code&client_id={made.GetProperty("client_id")}"
            + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    }

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(adminUrl + path)) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return answer.StatusCode == HttpStatusCode.NoContent ? default : JsonElement.Parse(text);
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>An application that the Admin API registered.</summary>
internal sealed record Registered(string ClientId, string ClientSecret, string ContractId);
