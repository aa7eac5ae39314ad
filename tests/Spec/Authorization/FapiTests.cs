using System.Net;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.SenderConstraint;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>The FAPI 2.0 Security Profile, as one switch on an application.</summary>
public sealed class FapiTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private SigningFlow _signing = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _signing = await SigningFlow.CreateAsync(_node, draft => draft with { Fapi2SecurityProfile = true, GrantTypes = [.. draft.GrantTypes, GrantType.ClientCredentials] });
        await _signing.Flow.SignInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _signing.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Pushed_proved_and_bound_the_flow_works()
    {
        var client = new ProvingClient(_node);
        var (status, pushed) = await _signing.PushAsync(Request);
        Assert.Equal(HttpStatusCode.Created, status);
        var code = CodeFlow.Parameter(await _signing.Flow.AllowAtAsync(_signing.Url(pushed)), "code");
        await client.LearnNonceAsync($"grant_type=client_credentials{_signing.Proof()}");
        var answer = await client.ObtainAsync($"grant_type=authorization_code&code={code}&code_verifier={CodeFlow.Verifier}&redirect_uri={CodeFlow.Callback}{_signing.Proof()}");

        Assert.Equal((200, "DPoP"), (answer.Status, (string?)answer.Body["token_type"]));
        var token = (string)answer.Body["access_token"]!;
        using var call = await client.CallAsync(token, client.CallProof(token));
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        using var bearer = await _node.CallAsync("/things", token);
        Assert.Equal(HttpStatusCode.Unauthorized, bearer.StatusCode);
        var refreshed = await client.ObtainAsync($"grant_type=refresh_token&refresh_token={answer.Body["refresh_token"]}{_signing.Proof()}");
        Assert.Equal(200, refreshed.Status);
        Assert.Null(refreshed.Body["refresh_token"]);
    }

    [Fact, Requirement("FAPI2-02", "FAPI2-06")]
    public async Task Nothing_less_is_taken()
    {
        using var direct = await _signing.Flow.Browser.GetAsync(_signing.Flow.Url());
        Assert.Equal("invalid_request", CodeFlow.Parameter(direct.Headers.Location!, "error"));

        var (status, body) = await _signing.PushAsync(Request.Replace("redirect_uri", "other", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (status, (string?)body["error"]));

        (await _node.Auth.PostTokenAsync($"grant_type=client_credentials&client_id={_signing.Flow.ClientId}&client_secret=ghs_x")).IsRefused(401, "invalid_client");
        (await _node.Auth.PostTokenAsync($"grant_type=client_credentials{_signing.Proof()}")).IsRefused(400, "invalid_dpop_proof");
        (await _node.Auth.PostTokenAsync($"grant_type=client_credentials{_signing.Proof(head => head["alg"] = "ES384")}")).IsRefused(401, "invalid_client");
    }

    [Fact, Requirement("FAPI2-02")]
    public async Task An_application_that_does_not_fit_cannot_have_it()
    {
        var draft = new ApplicationDraft("Bank") { Fapi2SecurityProfile = true };
        var signing = draft with
        {
            TokenEndpointAuthMethod = TokenEndpointAuthMethods.PrivateKeyJwt, JwksUri = "https://bank.example/keys", RedirectUris = ["https://bank.example/back"],
        };
        foreach (var bad in new[] { draft, signing with { RedirectUris = ["http://127.0.0.1/back"] }, signing with { IdTokenSignedResponseAlg = "RS256" } })
            Assert.Equal("fapi2_security_profile", (await CreateAsync(bad)).Field);
        Assert.True((await CreateAsync(signing)).Succeeded);
    }

    private string Request => _signing.Flow.Url().Split('?')[1];

    private Task<Outcome<CreatedApplication>> CreateAsync(ApplicationDraft draft) =>
        _node.Get<ApplicationOperations>().CreateAsync(_node.Organization.Id, draft, ownerId: null, Actor.System);
}
