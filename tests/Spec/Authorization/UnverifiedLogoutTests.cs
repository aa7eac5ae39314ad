using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Registration;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>Signing out for an application that nobody has approved (OpenID Connect RP-Initiated Logout §3, RFC 9700 §4.11).</summary>
public sealed class UnverifiedLogoutTests : IAsyncLifetime
{
    private const string Goodbye = "https://app.example.test/goodbye";

    private readonly TestNode _node = new() { Registration = RegistrationHouse.Rules(RegistrationMode.Open) };
    private CodeFlow _flow = null!;
    private string _url = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node);
        await _flow.SignInAsync();
        var metadata = RegistrationHouse.Metadata();
        metadata["post_logout_redirect_uris"] = new JsonArray(Goodbye);
        var clientId = (await _node.RegisterAsync(metadata))["client_id"];
        var code = await _flow.ObtainCodeAsync(("client_id", clientId), ("scope", "openid things:read"));
        var answer = await _node.Auth.PostTokenAsync($"grant_type=authorization_code&code={code}&code_verifier={CodeFlow.Verifier}&client_id={clientId}");
        _url = $"/idp/init_logout.openid?id_token_hint={answer.Body["id_token"]}&post_logout_redirect_uri={Uri.EscapeDataString(Goodbye)}";
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(9700, "4.11")]
    public async Task A_browser_that_was_not_signed_in_is_sent_nowhere()
    {
        _flow.UseAnotherBrowser();

        var (_, answer) = await _flow.FollowAsync(_url);

        Assert.Equal((HttpStatusCode.OK, null), (answer.StatusCode, answer.Headers.Location));
        Assert.Contains("You are signed out", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact, Rfc(9700, "4.11")]
    public async Task Who_ends_another_session_is_sent_nowhere()
    {
        _flow.UseAnotherBrowser();
        await _flow.SignInAsync();
        var (page, _) = await _flow.FollowAsync(_url);

        using var ended = await _flow.Browser.PostAsync(page, ("decision", "sign-out"));

        Assert.Equal((HttpStatusCode.OK, false), (ended.StatusCode, ended.Headers.Contains("Refresh")));
    }

    [Fact]
    public async Task The_browser_whose_session_it_names_goes_back()
    {
        var (_, answer) = await _flow.FollowAsync(_url);

        Assert.Equal(Goodbye, answer.Headers.Location?.OriginalString);
    }
}
