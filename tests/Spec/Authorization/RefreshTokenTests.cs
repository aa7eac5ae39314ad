using System.Net;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>Refresh tokens: rotation, reuse, lifetimes, narrowing, revocation.</summary>
public sealed class RefreshTokenTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private CodeFlow _confidential = null!;
    private CodeFlow _public = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _confidential = await CodeFlow.CreateAsync(_node);
        _public = await CodeFlow.CreateAsync(_node, isPublic: true, email: "kim@example.org");
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(6749, "6")]
    public async Task A_client_that_authenticates_keeps_its_refresh_token()
    {
        var (_, refreshToken) = await BeginAsync(_confidential);

        var first = await _confidential.RefreshAsync(refreshToken);
        var second = await _confidential.RefreshAsync(refreshToken);

        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Null(first.Body["refresh_token"]);
        using var call = await _node.CallAsync("/things", (string)second.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
    }

    [Fact, Rfc(9700, "4.14.2"), Requirement("6749-72", "OAuth2.1-04")]
    public async Task A_public_client_gets_a_new_one_each_time()
    {
        var (_, refreshToken) = await BeginAsync(_public);

        var first = Refreshed(await _public.RefreshAsync(refreshToken));
        var second = Refreshed(await _public.RefreshAsync(first));

        Assert.Equal(3, new[] { refreshToken, first, second }.Distinct().Count());
        Assert.All(new[] { refreshToken, first, second }, token => Assert.Matches("^[A-Za-z0-9._~-]+$", token));
    }

    [Fact, Rfc(9700, "4.14.2"), Requirement("OAuth2.1-04")]
    public async Task One_that_comes_twice_ends_the_family_and_its_access_tokens()
    {
        var (accessToken, stolen) = await BeginAsync(_public);
        var current = Refreshed(await _public.RefreshAsync(Refreshed(await _public.RefreshAsync(stolen))));

        (await _public.RefreshAsync(stolen)).IsRefused(400, "invalid_grant");

        (await _public.RefreshAsync(current)).IsRefused(400, "invalid_grant");
        await IsDeadAsync(accessToken);
    }

    [Fact]
    public async Task A_retry_after_a_lost_answer_gets_a_fresh_successor()
    {
        var (_, refreshToken) = await BeginAsync(_public);
        var lost = Refreshed(await _public.RefreshAsync(refreshToken));
        _node.Clock.Advance(TimeSpan.FromSeconds(29));

        var fresh = Refreshed(await _public.RefreshAsync(refreshToken));

        Assert.NotEqual(lost, fresh);
        Assert.Equal(200, (await _public.RefreshAsync(fresh)).Status);
        (await _public.RefreshAsync(lost)).IsRefused(400, "invalid_grant");
    }

    [Fact]
    public async Task A_retry_after_thirty_seconds_ends_the_family()
    {
        var (_, refreshToken) = await BeginAsync(_public);
        var successor = Refreshed(await _public.RefreshAsync(refreshToken));
        _node.Clock.Advance(TimeSpan.FromSeconds(31));

        (await _public.RefreshAsync(refreshToken)).IsRefused(400, "invalid_grant");

        (await _public.RefreshAsync(successor)).IsRefused(400, "invalid_grant");
    }

    [Fact, Requirement("9700-11")]
    public async Task Of_fifty_at_once_one_successor_lives()
    {
        var (_, refreshToken) = await BeginAsync(_public);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _public.RefreshAsync(refreshToken)));

        await using var db = _node.Database.Open();
        Assert.Single(await db.RefreshTokens.Where(row => row.UsedAt == null).ToListAsync());
    }

    [Fact, Rfc(6749, "6"), Rfc(6749, "3.3"), Requirement("6749-65")]
    public async Task Its_scope_is_narrowed_and_never_widened()
    {
        var (_, refreshToken) = await BeginAsync(_confidential, ("scope", "things:read things:write"));

        var narrowed = await _confidential.RefreshAsync(refreshToken, "&scope=things:write");
        Assert.Equal((200, "things:write"), (narrowed.Status, (string?)narrowed.Body["scope"]));
        Assert.Equal("things:read things:write", (string?)(await _confidential.RefreshAsync(refreshToken)).Body["scope"]);

        var (_, small) = await BeginAsync(_confidential);
        (await _confidential.RefreshAsync(small, "&scope=things:read%20things:write")).IsRefused(400, "invalid_scope");
    }

    [Fact, Rfc(6749, "10.4"), Requirement("6749-63")]
    public async Task Another_application_cannot_use_it()
    {
        var (_, refreshToken) = await BeginAsync(_confidential);

        (await _public.RefreshAsync(refreshToken)).IsRefused(400, "invalid_grant");
        (await _node.Auth.PostTokenAsync($"grant_type=refresh_token&refresh_token={refreshToken}&client_id={_confidential.ClientId}")).IsRefused(401, "invalid_client");

        Assert.Equal(200, (await _confidential.RefreshAsync(refreshToken)).Status);
    }

    [Fact, Rfc(7009, "2.1"), Requirement("7009-05", "7009-07")]
    public async Task Revoking_it_ends_its_family()
    {
        var (accessToken, refreshToken) = await BeginAsync(_confidential);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["token"] = refreshToken, ["client_id"] = _confidential.ClientId, ["client_secret"] = _confidential.Secret,
        });
        using var answer = await _node.Auth.PostAsync("/as/revoke_token.oauth2", form);

        Assert.Equal((HttpStatusCode.OK, 0L, null), (answer.StatusCode, answer.Content.Headers.ContentLength, answer.Content.Headers.ContentType));
        (await _confidential.RefreshAsync(refreshToken)).IsRefused(400, "invalid_grant");
        await IsDeadAsync(accessToken);
    }

    [Fact, Requirement("6749-70")]
    public async Task The_database_holds_neither_codes_nor_refresh_tokens()
    {
        var code = await _confidential.ObtainCodeAsync();
        var refreshToken = Refreshed(await _confidential.RedeemAsync(code));

        await using var db = _node.Database.Open();
        var keys = (await db.RefreshTokens.Select(row => row.Key).ToListAsync()).Concat(await db.Handles.Select(row => row.Key).ToListAsync());
        Assert.All(keys, key => Assert.Equal(32, key.Length));
        Assert.DoesNotContain(await db.Handles.Select(row => row.Content).ToListAsync(),
            content => content.Contains(code, StringComparison.Ordinal) || content.Contains(refreshToken, StringComparison.Ordinal));
    }

    private static async Task<(string AccessToken, string RefreshToken)> BeginAsync(CodeFlow flow, params (string, string?)[] changes)
    {
        var answer = await flow.RedeemAsync(await flow.ObtainCodeAsync(changes));
        return ((string)answer.Body["access_token"]!, Refreshed(answer));
    }

    private static string Refreshed(TokenAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        return (string)answer.Body["refresh_token"]!;
    }

    private async Task IsDeadAsync(string accessToken)
    {
        await _node.SettleAsync();
        using var call = await _node.CallAsync("/things", accessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, call.StatusCode);
    }
}
