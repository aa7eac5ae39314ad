using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Registration;

/// <summary>What a registration was answered with.</summary>
internal sealed record RegistrationAnswer(int Status, JsonObject Body, HttpResponseHeaders Headers)
{
    public string this[string name] => (string)Body[name]!;

    public void IsRefused(int status, string error)
    {
        Assert.Equal((status, error), (Status, (string?)Body["error"]));
        Assert.True(Headers.CacheControl?.NoStore);
    }
}

/// <summary>A node at which applications register themselves.</summary>
internal static class RegistrationHouse
{
    public const string Endpoint = "/as/clients.oauth2";

    public static RegistrationRules Rules(RegistrationMode mode) => new() { Mode = mode, Organization = "org", Apis = ["things/standard"], PerHour = 1000 };

    public static JsonObject Metadata(string method = "none") => new()
    {
        ["redirect_uris"] = new JsonArray("https://app.example.test/callback"), ["client_name"] = "Newcomer",
        ["grant_types"] = new JsonArray("authorization_code", "refresh_token"), ["response_types"] = new JsonArray("code"),
        ["token_endpoint_auth_method"] = method, ["scope"] = "things:read",
    };

    public static Task<RegistrationAnswer> RegisterAsync(this TestNode node, JsonObject metadata, string? token = null) =>
        node.SendAsync(HttpMethod.Post, Endpoint, metadata.ToJsonString(), token);

    public static async Task<RegistrationAnswer> SendAsync(this TestNode node, HttpMethod method, string path, string? json, string? token)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await node.Auth.SendAsync(request);
        var body = answer.Content.Headers.ContentLength is > 0 ? await answer.Content.ReadFromJsonAsync<JsonObject>() : null;
        return new RegistrationAnswer((int)answer.StatusCode, body ?? [], answer.Headers);
    }

    /// <summary>The path of its own registration.</summary>
    public static string Own(this RegistrationAnswer registered)
    {
        Assert.Equal(201, registered.Status);
        Assert.StartsWith(TestNode.Issuer + Endpoint, registered["registration_client_uri"], StringComparison.Ordinal);
        return registered["registration_client_uri"][TestNode.Issuer.Length..];
    }

    public static async Task<string> InitialTokenAsync(this TestNode node, int uses = 1)
    {
        var draft = new InitialAccessTokenDraft("Test", [node.Things.Plans.First().Id], Protocol.Vocabulary.ScopeSet.Empty, uses, node.Clock.GetUtcNow().AddHours(1));
        var made = await node.Get<InitialAccessTokens>().MakeAsync(node.Organization.Id, draft, Actor.System);
        Assert.True(made.Succeeded, made.Message);
        return made.Value!.Token;
    }
}
