using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.SenderConstraint;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Token;

/// <summary>What holds the presented token holds the one that is exchanged for it (RFC 8693 §5).</summary>
public sealed class TokenExchangeBoundsTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private CodeFlow _caller = null!;
    private CodeFlow _middle = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _caller = await CodeFlow.CreateAsync(_node, change: draft => draft with { GrantTypes = [GrantType.ClientCredentials] });
        _middle = await CodeFlow.CreateAsync(_node, email: "kim@example.org", change: draft => draft with
        {
            GrantTypes = [GrantType.TokenExchange], TokenExchangeSubjects = [_caller.ClientId, "not-in-memory"],
        });
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(8693, "5"), Rfc(9449, "5")]
    public async Task A_bound_token_is_exchanged_for_one_that_is_bound_to_the_exchangers_own_key()
    {
        var bound = await new ProvingClient(_node).ObtainAsync($"grant_type=client_credentials{_caller.Authentication}");
        Assert.Equal("DPoP", (string?)bound.Body["token_type"]);
        var form = Form((string)bound.Body["access_token"]!);
        (await _node.Auth.PostTokenAsync(form)).IsRefused(400, "invalid_dpop_proof");

        var own = new ProvingClient(_node);
        var answer = await own.ObtainAsync(form);

        Assert.Equal((200, "DPoP"), (answer.Status, (string?)answer.Body["token_type"]));
        Assert.Equal(own.Thumbprint, (string?)ClaimsOf(answer)["cnf"]!["jkt"]);
    }

    [Fact, Rfc(8693, "5")]
    public async Task A_contract_that_has_ended_opens_nothing_through_another_application()
    {
        var token = await ClientTokenAsync();
        var before = await ExchangeAsync(token);
        Assert.Equal(HttpStatusCode.OK, await CallAsync((string)before.Body["access_token"]!));

        var contract = (await _node.FindAsync(_caller.ClientId)).Contracts.Single();
        await _node.Founder.Contracts.DecideAsync(contract.Id, ContractState.Suspended, Actor.System);
        await _node.SettleAsync();

        (await ExchangeAsync(token)).IsRefused(400, "invalid_target");
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync((string)before.Body["access_token"]!));
    }

    [Fact, Rfc(8693, "5")]
    public async Task The_time_of_the_presented_token_decides_whether_it_was_revoked()
    {
        var exchanged = (string)(await ExchangeAsync(await ClientTokenAsync())).Body["access_token"]!;
        _node.Clock.Advance(TimeSpan.FromSeconds(2));
        await _node.Get<ApplicationOperations>().RevokeTokensAsync(_caller.ApplicationId, Actor.System);
        await _node.SettleAsync();
        _node.Clock.Advance(TimeSpan.FromSeconds(8));

        // As another node would that has not heard yet.
        var later = (await TokenForge.WithIssuersKeyAsync(_node)).Change(exchanged, payload: claims => claims["iat"] = _node.Clock.GetUtcNow().ToUnixTimeSeconds());

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(later));
    }

    [Fact, Rfc(6749, "5.2")]
    public async Task A_store_that_cannot_be_asked_is_no_verdict_about_the_token()
    {
        var unseen = (await TokenForge.WithIssuersKeyAsync(_node)).Change(await ClientTokenAsync(), payload: claims => claims["client_id"] = "not-in-memory");
        Assert.Equal(200, (await ExchangeAsync(await ClientTokenAsync())).Status); // Who exchanges is in memory now.
        await using (var db = _node.Database.Open()) await db.Database.ExecuteSqlRawAsync("ALTER TABLE \"Applications\" RENAME TO \"Away\"");

        (await ExchangeAsync(unseen)).IsRefused(503, "temporarily_unavailable");

        await using (var db = _node.Database.Open()) await db.Database.ExecuteSqlRawAsync("ALTER TABLE \"Away\" RENAME TO \"Applications\"");
    }

    private async Task<HttpStatusCode> CallAsync(string token)
    {
        using var call = await _node.CallAsync("/things", token);
        return call.StatusCode;
    }

    private async Task<string> ClientTokenAsync() =>
        (string)(await _node.Auth.PostTokenAsync($"grant_type=client_credentials{_caller.Authentication}")).Body["access_token"]!;

    private Task<TokenAnswer> ExchangeAsync(string token) => _node.Auth.PostTokenAsync(Form(token));

    private string Form(string token) =>
        $"grant_type={GrantType.TokenExchange}&subject_token={token}&subject_token_type={TokenTypes.AccessToken}{_middle.Authentication}";

    private static JsonObject ClaimsOf(TokenAnswer answer) => TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1]);
}
