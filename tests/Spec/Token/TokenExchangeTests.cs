using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Token;

/// <summary>An application that was called goes on in the caller's name (RFC 8693).</summary>
public sealed class TokenExchangeTests : IAsyncLifetime
{
    private const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";

    private readonly TestNode _node = new();
    private CodeFlow _caller = null!;
    private CodeFlow _middle = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _caller = await CodeFlow.CreateAsync(_node, change: draft => draft with { GrantTypes = [.. draft.GrantTypes, GrantType.ClientCredentials] });
        _middle = await CodeFlow.CreateAsync(_node, email: "kim@example.org", change: draft => draft with
        {
            GrantTypes = [GrantType.TokenExchange, GrantType.ClientCredentials], TokenExchangeSubjects = [_caller.ClientId],
        });
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(8693, "2.2.1"), Rfc(8693, "4.1"), Rfc(8693, "4.3"), Requirement("8693-06")]
    public async Task The_token_names_the_user_and_who_acts()
    {
        await _caller.SignInAsync();
        var original = await _caller.RedeemAsync(await _caller.ObtainCodeAsync(("scope", "openid things:read things:write")));
        var answer = await ExchangeAsync((string)original.Body["access_token"]!, "&scope=things:read");

        Assert.Equal((200, AccessToken, "Bearer"), (answer.Status, (string?)answer.Body["issued_token_type"], (string?)answer.Body["token_type"]));
        Assert.Equal("things:read", (string?)answer.Body["scope"]);
        Assert.Null(answer.Body["refresh_token"]);
        var claims = ClaimsOf(answer);
        Assert.Equal(_caller.UserId.ToString(), (string?)claims["sub"]);
        Assert.Equal(_middle.ClientId, (string?)claims["client_id"]);
        Assert.Equal(_middle.ClientId, (string?)claims["act"]!["sub"]);
        using var call = await _node.CallAsync("/things", (string)answer.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
    }

    [Fact, Rfc(8693, "4.1")]
    public async Task The_chain_of_actors_grows_and_ends_with_the_users_grant()
    {
        await _caller.SignInAsync();
        var original = await _caller.RedeemAsync(await _caller.ObtainCodeAsync());
        var first = (string)(await ExchangeAsync((string)original.Body["access_token"]!)).Body["access_token"]!;
        var last = await CodeFlow.CreateAsync(_node, email: "lee@example.org", change: draft => draft with
        {
            GrantTypes = [GrantType.TokenExchange], TokenExchangeSubjects = [_middle.ClientId],
        });

        var second = await ExchangeAsync(first, by: last);

        var act = ClaimsOf(second)["act"]!;
        Assert.Equal((last.ClientId, _middle.ClientId), ((string)act["sub"]!, (string)act["act"]!["sub"]!));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(second));
        await _node.Get<Store.Grants.GrantRegister>().EndAsync(Guid.Parse((string)ClaimsOf(original)["grant_id"]!));
        await _node.SettleAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(second));
    }

    [Fact, Rfc(7009, "2.1")]
    public async Task It_dies_with_the_token_that_it_was_exchanged_for()
    {
        var original = await ClientTokenAsync(_caller);
        var first = await ExchangeAsync(original);
        var second = await ExchangeAsync((string)first.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(second));

        await _node.Get<TokenRevocation>().RevokeAsync(
            _node.Organization.Id, (string)TokenForge.Read(original.Split('.')[1])["jti"]!, _node.Clock.GetUtcNow().AddDays(1), Actor.System);
        await _node.SettleAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(first));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(second));
        (await ExchangeAsync((string)second.Body["access_token"]!)).IsRefused(400, "invalid_request");
    }

    [Fact]
    public async Task It_dies_with_the_tokens_of_the_application_that_it_was_exchanged_for()
    {
        var answer = await ExchangeAsync(await ClientTokenAsync(_caller));
        _node.Clock.Advance(TimeSpan.FromSeconds(2));

        await _node.Get<ApplicationOperations>().RevokeTokensAsync(_caller.ApplicationId, Actor.System);
        await _node.SettleAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(answer));
    }

    [Fact, Rfc(8693, "2.1"), Rfc(8693, "5"), Requirement("8693-04", "8693-05", "8693-08")]
    public async Task It_is_never_wider_or_longer()
    {
        var narrow = await ClientTokenAsync(_caller, "&scope=things:read");
        (await ExchangeAsync(narrow, "&scope=things:write")).IsRefused(400, "invalid_scope");
        (await ExchangeAsync(narrow, "&resource=https://elsewhere.example")).IsRefused(400, "invalid_target");
        (await ExchangeAsync(narrow, "&audience=https://elsewhere.example")).IsRefused(400, "invalid_target");
        (await ExchangeAsync(narrow, $"&audience={TestNode.ApiUrl}/things&audience=https://elsewhere.example")).IsRefused(400, "invalid_target");

        _node.Clock.Advance(TimeSpan.FromHours(23));
        var answer = await ExchangeAsync(narrow, $"&audience={TestNode.ApiUrl}/things");
        Assert.InRange((int)answer.Body["expires_in"]!, 1, 3600);
        Assert.Equal("things:read", (string?)ClaimsOf(answer)["scope"]);
    }

    [Fact, Rfc(8693, "2.2.2")]
    public async Task Only_living_tokens_of_allowed_applications_are_taken()
    {
        var stranger = await CodeFlow.CreateAsync(_node, email: "lee@example.org", change: draft => draft with { GrantTypes = [GrantType.ClientCredentials] });
        (await ExchangeAsync(await ClientTokenAsync(stranger))).IsRefused(400, "invalid_request");
        (await ExchangeAsync("nonsense")).IsRefused(400, "invalid_request");

        var token = await ClientTokenAsync(_caller);
        await _node.Get<ApplicationOperations>().RevokeTokensAsync(_caller.ApplicationId, Actor.System);
        await _node.SettleAsync();
        (await ExchangeAsync(token)).IsRefused(400, "invalid_request");
    }

    [Theory, Rfc(8693, "2.1"), Requirement("8693-01", "8693-02", "8693-03")]
    [InlineData("&subject_token_type=urn:ietf:params:oauth:token-type:saml2")]
    [InlineData("&subject_token_type=urn:ietf:params:oauth:token-type:access_token&requested_token_type=urn:ietf:params:oauth:token-type:refresh_token")]
    [InlineData("&subject_token_type=urn:ietf:params:oauth:token-type:access_token&actor_token=x")]
    [InlineData("&subject_token_type=urn:ietf:params:oauth:token-type:access_token&actor_token_type=urn:ietf:params:oauth:token-type:access_token")]
    [InlineData("")]
    public async Task A_malformed_request_is_refused(string types)
    {
        var token = await ClientTokenAsync(_caller);
        (await _node.Auth.PostTokenAsync($"grant_type={GrantType.TokenExchange}&subject_token={token}{types}{_middle.Authentication}")).IsRefused(400, "invalid_request");
        (await _node.Auth.PostTokenAsync($"grant_type={GrantType.TokenExchange}{types}{_middle.Authentication}")).IsRefused(400, "invalid_request");
    }

    [Fact, Rfc(8693, "4.1")]
    public async Task An_applications_own_token_only_gets_narrower()
    {
        var answer = await ExchangeAsync(await ClientTokenAsync(_middle), "&scope=things:read");
        Assert.Null(ClaimsOf(answer)["act"]);
        Assert.Equal(_middle.ClientId, (string?)ClaimsOf(answer)["sub"]);
    }

    [Fact, Requirement("8693-05")]
    public async Task An_application_that_may_not_is_refused() =>
        (await ExchangeAsync(await ClientTokenAsync(_caller), by: _caller)).IsRefused(400, "unauthorized_client");

    private async Task<HttpStatusCode> CallAsync(TokenAnswer answer)
    {
        using var call = await _node.CallAsync("/things", (string)answer.Body["access_token"]!);
        return call.StatusCode;
    }

    private async Task<string> ClientTokenAsync(CodeFlow application, string more = "") =>
        (string)(await _node.Auth.PostTokenAsync($"grant_type=client_credentials{application.Authentication}{more}")).Body["access_token"]!;

    private Task<TokenAnswer> ExchangeAsync(string token, string more = "", CodeFlow? by = null) => _node.Auth.PostTokenAsync(
        $"grant_type={GrantType.TokenExchange}&subject_token={token}&subject_token_type={AccessToken}{(by ?? _middle).Authentication}{more}");

    private static JsonObject ClaimsOf(TokenAnswer answer) => TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1]);
}
