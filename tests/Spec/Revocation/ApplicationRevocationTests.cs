using System.Net;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Sessions;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Gateway;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Revocation;

/// <summary>All tokens of an application at once: the refresh tokens of its users too.</summary>
public sealed class ApplicationRevocationTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node);
        await _flow.SignInAsync();
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(7009, "2.1"), Rfc(9700, "4.14.2")]
    public async Task Revoking_all_tokens_ends_refresh_tokens_and_codes_too()
    {
        var answer = await _flow.RedeemAsync(await _flow.ObtainCodeAsync());
        var waiting = await _flow.ObtainCodeAsync();

        await _node.Get<ApplicationOperations>().RevokeTokensAsync(_flow.ApplicationId, Actor.System);
        await _node.SettleAsync();
        _node.Clock.Advance(TimeSpan.FromSeconds(5));

        (await _flow.RefreshAsync((string)answer.Body["refresh_token"]!)).IsRefused(400, "invalid_grant");
        (await _flow.RedeemAsync(waiting)).IsRefused(400, "invalid_grant");
        var silent = await _flow.AllowAtAsync(_flow.Url(("prompt", "none")));
        Assert.Equal("consent_required", CodeFlow.Parameter(silent, "error")); // The users are asked again.
        Assert.Equal(200, (await _flow.RedeemAsync(await _flow.ObtainCodeAsync())).Status);
    }

    [Fact, Rfc(7009, "2.1")]
    public async Task What_is_revoked_while_a_refresh_token_is_looked_at_gives_no_token_that_lives()
    {
        var refreshToken = (string)(await _flow.RedeemAsync(await _flow.ObtainCodeAsync())).Body["refresh_token"]!;
        using var moment = new DatabaseMoment(_node.Database, "FROM \"RefreshTokens\"", async () =>
        {
            await _node.Get<ApplicationOperations>().RevokeTokensAsync(_flow.ApplicationId, Actor.System);
            _node.Clock.Advance(TimeSpan.FromSeconds(5));
        });

        var late = await _flow.RefreshAsync(refreshToken);

        Assert.Equal((true, 200), (moment.HasCome, late.Status));
        await _node.SettleAsync();
        using var call = await _node.CallAsync("/things", (string)late.Body["access_token"]!);
        await call.IsInvalidTokenAsync("token_revoked");
    }

    [Fact]
    public async Task A_session_that_runs_out_ends_what_was_obtained_for_its_time()
    {
        var signedIn = await _flow.RedeemAsync(await _flow.ObtainCodeAsync(("scope", "openid things:read")));
        var forLonger = await _flow.RedeemAsync(await _flow.ObtainCodeAsync(("scope", "openid offline_access things:read")));

        // A clock that runs through eight days wakes every worker a million times: the session is made older instead.
        var begunAt = _node.Clock.GetUtcNow() - UserSessions.AbsoluteLifetime - TimeSpan.FromMinutes(1);
        await using (var db = _node.Database.Open()) await db.UserSessions.ExecuteUpdateAsync(set => set.SetProperty(row => row.BegunAt, begunAt));
        _node.Clock.Advance(TimeSpan.FromMinutes(2));

        await Eventually.TrueAsync(
            async () => (await _flow.RefreshAsync((string)signedIn.Body["refresh_token"]!)).Error == "invalid_grant", "the grant of the session ends");
        Assert.Equal(200, (await _flow.RefreshAsync((string)forLonger.Body["refresh_token"]!)).Status);
    }
}
