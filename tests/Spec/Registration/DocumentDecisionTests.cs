using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Registration;

/// <summary>What people decide about clients that are named by the URL of a document, and what remains of it when the document is read again.</summary>
public sealed class DocumentDecisionTests : IAsyncLifetime
{
    private Publisher _publisher = null!;
    private TestNode _node = null!;
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        _publisher = await Publisher.StartAsync();
        _node = new TestNode
        {
            Outgoing = _publisher.Rules,
            Registration = RegistrationHouse.Rules(RegistrationMode.Off) with { DocumentHosts = ["127.0.0.1"], PerHour = 1 },
        };
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node);
        await _flow.SignInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _publisher.DisposeAsync();
    }

    [Fact]
    public async Task What_a_person_has_set_stays_when_the_document_changes()
    {
        var url = Publish();
        Assert.Equal(HttpStatusCode.OK, await BeginAsync(url));
        var row = await _node.FindAsync(url);
        Assert.True((await _node.Get<RegistrationOperations>().ApproveAsync(row.Id, Actor.System)).Succeeded);
        var draft = ApplicationDraft.Of(row) with { AccessTokenFormat = AccessTokenFormats.Reference, RequirePushedAuthorizationRequests = false, DpopBoundAccessTokens = true };
        Assert.True((await _node.Get<ApplicationOperations>().ChangeAsync(row.Id, draft, Actor.System)).Succeeded);
        await _node.SettleAsync();

        Publish(document => document["client_uri"] = "https://app.example.test/");
        _node.Clock.Advance(TimeSpan.FromMinutes(2));
        await BeginAsync(url);

        var now = await _node.FindAsync(url);
        Assert.True(now is { AccessTokenFormat: AccessTokenFormats.Reference, DpopBoundAccessTokens: true });
        Assert.Equal(2, _publisher.Fetches);
    }

    [Fact]
    public async Task Strangers_use_up_no_place_of_a_client_that_is_known()
    {
        var url = Publish();
        Assert.Equal(HttpStatusCode.OK, await BeginAsync(url)); // The one new document of this hour.
        Assert.Equal(HttpStatusCode.BadRequest, await BeginAsync(_publisher.Url + "/other.json"));

        _node.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(HttpStatusCode.OK, await BeginAsync(url));
    }

    [Fact, Rfc(8705, "3.4")]
    public async Task A_certificate_that_this_server_never_sees_is_not_promised()
    {
        var url = Publish(document => document["tls_client_certificate_bound_access_tokens"] = true);

        Assert.Equal(HttpStatusCode.BadRequest, await BeginAsync(url));
    }

    [Fact]
    public async Task One_that_was_refused_stays_refused_and_so_do_its_tokens()
    {
        var url = Publish();
        var code = await _flow.ObtainCodeAsync(("client_id", url));
        var token = (string)(await _node.Auth.PostTokenAsync(
            $"grant_type=authorization_code&code={code}&code_verifier={CodeFlow.Verifier}&client_id={Uri.EscapeDataString(url)}")).Body["access_token"]!;
        var row = await _node.FindAsync(url);
        var operations = _node.Get<ApplicationOperations>();

        Assert.True((await operations.DeleteAsync(row.Id, Actor.System)).Succeeded);
        await _node.SettleAsync();
        _node.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(HttpStatusCode.BadRequest, await BeginAsync(url));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(token));
        Assert.Equal((ApplicationState.Retired, 1), ((await _node.FindAsync(url)).State, _publisher.Fetches));

        // Deleted for good it may come again, and is another application than before.
        Assert.True((await operations.DeleteAsync(row.Id, Actor.System)).Succeeded);
        await _node.SettleAsync();
        _node.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, await BeginAsync(url));
        Assert.Equal(_node.Clock.GetUtcNow().ToUnixTimeSeconds() + 1, (await _node.FindAsync(url)).TokensNotBefore);
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(token));
    }

    private async Task<HttpStatusCode> BeginAsync(string url)
    {
        using var answer = (await _flow.FollowAsync(_flow.Url(("client_id", url)))).Answer;
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> CallAsync(string token)
    {
        using var answer = await _node.CallAsync("/things", token);
        return answer.StatusCode;
    }

    private string Publish(Action<JsonObject>? change = null)
    {
        var document = RegistrationHouse.Metadata();
        document["client_id"] = _publisher.Url + "/client.json";
        change?.Invoke(document);
        return _publisher.Publish("/client.json", document.ToJsonString());
    }
}
