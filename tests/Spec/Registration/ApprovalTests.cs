using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Portal;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Registration;

/// <summary>What a person approved, and what an application makes of it afterwards (RFC 7592 §2.2).</summary>
public sealed class ApprovalTests : IAsyncLifetime
{
    private readonly TestNode _node = new() { Registration = RegistrationHouse.Rules(RegistrationMode.Pending) with { AuthorizationDetailsTypes = ["payment"] } };

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(7592, "2.2")]
    public async Task What_a_person_has_set_stays_when_the_application_changes_itself()
    {
        var registered = await _node.RegisterAsync(Metadata());
        var row = await ApproveAsync(registered);
        var draft = ApplicationDraft.Of(row) with
        {
            Description = "Seen", AccessTokenFormat = AccessTokenFormats.Reference, TokenExchangeSubjects = ["somebody"], TokenExchangeAudiences = [_node.Things.Resource],
            FederatedIdentities = [new FederatedIdentity { Issuer = "https://ci.example.test", Subject = "job", JwksUri = "https://ci.example.test/keys" }],
            RequirePushedAuthorizationRequests = true, DpopBoundAccessTokens = true,
        };
        Assert.True((await _node.Get<ApplicationOperations>().ChangeAsync(row.Id, draft, Actor.System)).Succeeded);

        await PutAsync(registered, Metadata());

        var now = await _node.FindAsync(registered["client_id"]);
        Assert.Equal(("Seen", AccessTokenFormats.Reference), (now.Description, now.AccessTokenFormat));
        Assert.True(now is { RequirePushedAuthorizationRequests: true, DpopBoundAccessTokens: true });
        Assert.Equal(["somebody"], now.TokenExchangeSubjects);
        Assert.Equal([_node.Things.Resource], now.TokenExchangeAudiences);
        Assert.NotEmpty(now.FederatedIdentities);
        Assert.True(await IsApprovedAsync(registered));
    }

    [Theory, Rfc(7592, "2.2")]
    [InlineData("client_name", "\"Another\"")]
    [InlineData("redirect_uris", """["https://elsewhere.example.test/"]""")]
    [InlineData("scope", "\"things:read things:write\"")]
    [InlineData("grant_types", """["authorization_code","refresh_token"]""")]
    [InlineData("authorization_details_types", """["payment"]""")]
    [InlineData("token_endpoint_auth_method", "\"client_secret_post\"")]
    [InlineData("jwks_uri", "\"https://app.example.test/keys\"")]
    [InlineData("post_logout_redirect_uris", """["https://app.example.test/goodbye"]""")]
    [InlineData("backchannel_logout_uri", "\"https://app.example.test/ended\"")]
    public async Task Whatever_is_more_or_other_than_a_person_approved_ends_the_approval(string member, string json)
    {
        var registered = await _node.RegisterAsync(Metadata());
        await ApproveAsync(registered);
        var change = Metadata();
        change[member] = JsonNode.Parse(json);

        await PutAsync(registered, change);

        Assert.False(await IsApprovedAsync(registered));
        Assert.Equal(ApplicationState.Pending, (await _node.FindAsync(registered["client_id"])).State);
    }

    [Fact, Rfc(9700, "4.11")]
    public async Task What_users_allowed_is_asked_anew_when_the_answer_would_go_elsewhere()
    {
        const string elsewhere = "https://elsewhere.example.test/";
        var registered = await _node.RegisterAsync(Metadata());
        await ApproveAsync(registered);
        var flow = await CodeFlow.CreateAsync(_node);
        await flow.AllowAsync("allow", ("client_id", registered["client_id"]));
        var silent = (await flow.FollowAsync(flow.Url(("client_id", registered["client_id"]), ("prompt", "none")))).Answer.Headers.Location!;
        Assert.NotNull(CodeFlow.Parameter(silent, "code"));

        var change = Metadata();
        change["redirect_uris"] = new JsonArray(elsewhere);
        await PutAsync(registered, change);
        await ApproveAsync(registered);

        silent = (await flow.FollowAsync(flow.Url(("client_id", registered["client_id"]), ("prompt", "none"), ("redirect_uri", elsewhere)))).Answer.Headers.Location!;
        Assert.Equal("consent_required", CodeFlow.Parameter(silent, "error"));
        using var overview = await flow.Browser.GetAsync("/exchange/portals/org/access");
        Assert.Contains("Newcomer", await overview.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_decides_is_told_of_an_approval_that_has_ended_meanwhile()
    {
        var registered = await _node.RegisterAsync(Metadata());
        await ApproveAsync(registered);
        var flow = await CodeFlow.CreateAsync(_node);
        await flow.SignInAsync();
        var (page, shown) = await flow.FollowAsync(flow.Url(("client_id", registered["client_id"])));
        Assert.DoesNotContain("unverified", await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var change = Metadata();
        change["client_name"] = "Your bank";
        await PutAsync(registered, change);

        using var again = await flow.Browser.GetAsync(page);
        var text = await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Your bank", text, StringComparison.Ordinal);
        Assert.Contains("unverified", text, StringComparison.Ordinal);
    }

    [Fact, Rfc(9700, "4.11.2")]
    public async Task Errors_of_a_retired_application_are_sent_nowhere()
    {
        var flow = await CodeFlow.CreateAsync(_node);
        Assert.True((await _node.Get<ApplicationOperations>().RetireAsync(flow.ApplicationId, Actor.System)).Succeeded);
        await _node.SettleAsync();

        using var answer = await new Visitor(_node).GetAsync(flow.Url());

        Assert.Equal((HttpStatusCode.BadRequest, null), (answer.StatusCode, answer.Headers.Location));
    }

    [Fact]
    public async Task Changes_of_a_registration_have_a_pace()
    {
        await using var node = new TestNode { Registration = RegistrationHouse.Rules(RegistrationMode.Open) with { PerHour = 2 } };
        await node.InitializeAsync();
        var registered = await node.RegisterAsync(Metadata());
        var change = Metadata();
        change["client_id"] = registered["client_id"];
        Task<RegistrationAnswer> SendAsync() => node.SendAsync(HttpMethod.Put, registered.Own(), change.ToJsonString(), registered["registration_access_token"]);

        Assert.Equal(200, (await SendAsync()).Status);
        (await SendAsync()).IsRefused(429, "temporarily_unavailable");
    }

    [Theory, Rfc(8252, "7.1"), Rfc(8252, "7.3")]
    [InlineData("com.evil.app://accounts.bank.example/cb", "com.evil.app:")]
    [InlineData("http://127.0.0.1/back", "a program on this device")]
    public async Task Only_the_host_of_an_https_address_is_called_by_its_name(string redirectUri, string words)
    {
        var metadata = Metadata();
        metadata["redirect_uris"] = new JsonArray(redirectUri);
        metadata.Remove("client_name");
        var registered = await _node.RegisterAsync(metadata);
        Assert.DoesNotContain("bank", registered["client_name"], StringComparison.Ordinal);
        await ApproveAsync(registered);
        var flow = await CodeFlow.CreateAsync(_node);
        await flow.SignInAsync();

        var (_, shown) = await flow.FollowAsync(flow.Url(("client_id", registered["client_id"]), ("redirect_uri", redirectUri)));

        var text = await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.DoesNotContain("accounts.bank.example", text, StringComparison.Ordinal);
    }

    private static JsonObject Metadata()
    {
        var metadata = RegistrationHouse.Metadata();
        metadata["grant_types"] = new JsonArray("authorization_code");
        return metadata;
    }

    private async Task PutAsync(RegistrationAnswer registered, JsonObject metadata)
    {
        metadata["client_id"] = registered["client_id"];
        var answer = await _node.SendAsync(HttpMethod.Put, registered.Own(), metadata.ToJsonString(), registered["registration_access_token"]);
        Assert.True(answer.Status == 200, answer.Body.ToJsonString());
        await _node.SettleAsync();
    }

    private async Task<Application> ApproveAsync(RegistrationAnswer registered)
    {
        var row = await _node.FindAsync(registered["client_id"]);
        Assert.True((await _node.Get<RegistrationOperations>().ApproveAsync(row.Id, Actor.System)).Succeeded);
        await _node.SettleAsync();
        return row;
    }

    private async Task<bool> IsApprovedAsync(RegistrationAnswer registered)
    {
        var clientId = registered["client_id"];
        await using var db = _node.Database.Open();
        return await db.DynamicRegistrations.AnyAsync(row => row.Application!.ClientId == clientId && row.ApprovedAt != null, TestContext.Current.CancellationToken);
    }
}
