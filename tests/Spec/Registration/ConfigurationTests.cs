using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Portal;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Registration;

/// <summary>A registered application looks after its own registration (RFC 7592), and what people see of it.</summary>
public sealed class ConfigurationTests : IAsyncLifetime
{
    private readonly TestNode _node = new() { Registration = RegistrationHouse.Rules(RegistrationMode.Open) };

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(7592, "2.1"), Rfc(7592, "3"), Requirement("7592-01")]
    public async Task It_reads_what_is_registered_with_its_token_alone()
    {
        var registered = await _node.RegisterAsync(RegistrationHouse.Metadata());
        var other = await _node.RegisterAsync(RegistrationHouse.Metadata());

        var read = await _node.SendAsync(HttpMethod.Get, registered.Own(), null, registered["registration_access_token"]);

        Assert.Equal(200, read.Status);
        Assert.True(JsonNode.DeepEquals(registered.Body, read.Body));
        foreach (var wrong in (string?[])[null, "wrong", other["registration_access_token"]])
            (await _node.SendAsync(HttpMethod.Get, registered.Own(), null, wrong)).IsRefused(401, "invalid_token");
    }

    [Fact, Rfc(7592, "2.2"), Requirement("7592-02")]
    public async Task It_replaces_its_metadata_and_names_itself_when_it_does()
    {
        var registered = await _node.RegisterAsync(RegistrationHouse.Metadata("client_secret_post"));
        var (path, token) = (registered.Own(), registered["registration_access_token"]);
        Task<RegistrationAnswer> PutAsync(params (string Name, JsonNode? Value)[] members)
        {
            var body = RegistrationHouse.Metadata("client_secret_post");
            foreach (var (name, value) in members) body[name] = value;
            return _node.SendAsync(HttpMethod.Put, path, body.ToJsonString(), token);
        }

        (await PutAsync()).IsRefused(400, "invalid_client_metadata");
        (await PutAsync(("client_id", "another"))).IsRefused(400, "invalid_client_metadata");
        (await PutAsync(("client_id", registered["client_id"]), ("client_secret", "wrong"))).IsRefused(400, "invalid_client_metadata");
        (await PutAsync(("client_id", registered["client_id"]), ("registration_access_token", token))).IsRefused(400, "invalid_client_metadata");
        (await PutAsync(("client_id", registered["client_id"]), ("grant_types", new JsonArray("client_credentials")))).IsRefused(400, "invalid_client_metadata");

        var changed = await PutAsync(("client_id", registered["client_id"]), ("client_secret", registered["client_secret"]), ("client_name", "Renamed"));
        Assert.Equal((200, "Renamed"), (changed.Status, changed["client_name"]));
        Assert.Equal("Renamed", (await _node.FindAsync(registered["client_id"])).Name);
    }

    [Fact, Rfc(7592, "2.3"), Rfc(7592, "2"), Requirement("7592-03")]
    public async Task What_it_deletes_is_gone()
    {
        var registered = await _node.RegisterAsync(RegistrationHouse.Metadata("client_secret_post"));
        var (path, token) = (registered.Own(), registered["registration_access_token"]);

        Assert.Equal(204, (await _node.SendAsync(HttpMethod.Delete, path, null, token)).Status);

        (await _node.SendAsync(HttpMethod.Get, path, null, token)).IsRefused(401, "invalid_token");
        (await _node.Auth.PostTokenAsync($"grant_type=refresh_token&refresh_token=x&client_id={registered["client_id"]}&client_secret={registered["client_secret"]}"))
            .IsRefused(401, "invalid_client");
    }

    [Fact]
    public async Task Another_redirect_URI_is_not_what_a_person_approved()
    {
        var registered = await _node.RegisterAsync(RegistrationHouse.Metadata());
        var id = (await _node.FindAsync(registered["client_id"])).Id;
        Assert.True((await _node.Get<RegistrationOperations>().ApproveAsync(id, Actor.System)).Succeeded);
        await _node.SettleAsync();
        Assert.Equal("invalid_request", await ErrorAsync(registered["client_id"], CodeFlow.Callback));

        var body = RegistrationHouse.Metadata();
        (body["client_id"], body["redirect_uris"]) = (registered["client_id"], new JsonArray("https://elsewhere.example.test/"));
        Assert.Equal(200, (await _node.SendAsync(HttpMethod.Put, registered.Own(), body.ToJsonString(), registered["registration_access_token"])).Status);

        Assert.Null(await ErrorAsync(registered["client_id"], "https://elsewhere.example.test/"));
    }

    [Fact, Rfc(9700, "4.11.2")]
    public async Task An_unapproved_application_is_called_so_and_its_errors_stay_on_a_page()
    {
        var registered = await _node.RegisterAsync(RegistrationHouse.Metadata());
        Assert.Null(await ErrorAsync(registered["client_id"], CodeFlow.Callback));
        var flow = await CodeFlow.CreateAsync(_node);
        await flow.SignInAsync();

        var (page, shown) = await flow.FollowAsync(flow.Url(("client_id", registered["client_id"])));

        var text = await shown.Content.ReadAsStringAsync();
        Assert.Contains("unverified", text, StringComparison.Ordinal);
        Assert.Contains("<strong>app.example.test</strong>", text, StringComparison.Ordinal);
        using var denied = await flow.Browser.PostAsync(page, ("decision", "deny"));
        var (_, end) = await flow.FollowAsync(denied.Headers.GetValues("Refresh").Single().Split("url=")[1]);
        Assert.Equal(HttpStatusCode.BadRequest, end.StatusCode);
    }

    [Fact, Requirement("7591-14")]
    public async Task It_gets_a_code_and_a_token_and_calls_the_API()
    {
        var registered = await _node.RegisterAsync(RegistrationHouse.Metadata());
        var flow = await CodeFlow.CreateAsync(_node);
        await flow.SignInAsync();

        var code = await flow.ObtainCodeAsync(("client_id", registered["client_id"]), ("resource", TestNode.ApiUrl + "/things"));
        var answer = await _node.Auth.PostTokenAsync(
            $"grant_type=authorization_code&code={code}&code_verifier={CodeFlow.Verifier}&client_id={registered["client_id"]}&resource={TestNode.ApiUrl}/things");

        Assert.Equal(200, answer.Status);
        using var call = await _node.CallAsync("/things", (string)answer.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
    }

    // A request without PKCE, and where its error goes.
    private async Task<string?> ErrorAsync(string clientId, string redirectUri)
    {
        using var answer = await new Visitor(_node).GetAsync(
            $"{CodeFlow.Endpoint}?response_type=code&client_id={clientId}&redirect_uri={Uri.EscapeDataString(redirectUri)}");
        if (answer.Headers.Location is { } location) return CodeFlow.Parameter(location, "error");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        return null;
    }
}
