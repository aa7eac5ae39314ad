using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Store.Model;
using Gatehouse.Store.Sessions;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>OpenID Connect Back-Channel Logout 1.0, with the server of an application that is told.</summary>
public sealed class BackChannelLogoutTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _received = new();
    private Publisher _receiver = null!;
    private TestNode _node = null!;
    private CodeFlow _flow = null!;
    private int _status = StatusCodes.Status200OK;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Publisher.StartAsync();
        _receiver.Documents["/told"] = async http =>
        {
            var form = await http.Request.ReadFormAsync();
            _received.Enqueue(http.Request.Method + " " + form["logout_token"]);
            http.Response.StatusCode = _status;
        };
        _receiver.Documents["/elsewhere"] = http =>
        {
            http.Response.Redirect("/told", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };
        _node = new TestNode { Outgoing = _receiver.Rules };
        await _node.InitializeAsync();
        _flow = await CreateFlowAsync("/told");
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Signing_out_tells_the_application_with_a_logout_token()
    {
        var idToken = TokenForge.Read((await ObtainAsync("openid"))["id_token"]!.ToString().Split('.')[1]);
        await SignOutAsync();
        var parts = (await ReceiveAsync())[5..].Split('.');

        var (header, claims) = (TokenForge.Read(parts[0]), TokenForge.Read(parts[1]));
        var now = _node.Clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(("ES256", "logout+jwt"), ((string?)header["alg"], (string?)header["typ"]));
        Assert.Equal((TestNode.Issuer, _flow.ClientId, _flow.UserId.ToString(), (string?)idToken["sid"]),
            ((string?)claims["iss"], (string?)claims["aud"], (string?)claims["sub"], (string?)claims["sid"]));
        Assert.Equal("""{"http://schemas.openid.net/event/backchannel-logout":{}}""", claims["events"]!.ToJsonString());
        Assert.InRange((long)claims["exp"]!, now + 1, now + 120);
        Assert.InRange((long)claims["iat"]!, now - 1, now);
        Assert.NotEmpty((string)claims["jti"]!);
        Assert.False(claims.AsObject().ContainsKey("nonce"));
        await EmptyAsync();
    }

    [Fact]
    public async Task The_sid_does_not_open_the_session()
    {
        var sid = (string)TokenForge.Read((await ObtainAsync("openid"))["id_token"]!.ToString().Split('.')[1])["sid"]!;
        await using var db = _node.Database.Open();
        var row = await db.UserSessions.SingleAsync();

        Assert.Equal(sid, row.PublicId);
        Assert.NotEqual(UserSessions.KeyOf(sid), row.Key);
    }

    [Fact]
    public async Task Who_gives_the_password_again_stays_in_the_session()
    {
        await ObtainAsync("openid");
        _node.Clock.Advance(TimeSpan.FromMinutes(10));
        await ObtainAsync("openid", ("prompt", "login"));
        Assert.Empty(_received);

        await SignOutAsync();
        await ReceiveAsync();
        await EmptyAsync();
        Assert.Empty(_received); // One session, one notice.
    }

    [Fact]
    public async Task An_application_that_got_no_id_token_is_not_told()
    {
        await ObtainAsync("things:read");
        await SignOutAsync();
        await EmptyAsync();

        Assert.Empty(_received);
    }

    [Fact]
    public async Task Somebody_else_who_signs_in_ends_the_session_before()
    {
        await ObtainAsync("openid");
        var (_, other) = await _node.Founder.CreateUserAsync(_node.Organization, "robin@example.org", "Robin", PortalRole.Developer);
        using (await _flow.Browser.PostAsync("/exchange/portals/org/sign-in?anew=true", ("Email", other.Email), ("Password", other.Password)))
            Assert.StartsWith("POST ", await ReceiveAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_notice_is_sent_again_with_another_token_and_the_owner_hears_of_it()
    {
        _status = StatusCodes.Status500InternalServerError;
        await ObtainAsync("openid");
        await SignOutAsync();
        var first = await ReceiveAsync();
        var problem = await FindProblemAsync("logout_not_delivered");
        _status = StatusCodes.Status204NoContent;
        _node.Clock.Advance(TimeSpan.FromSeconds(5));
        var second = await ReceiveAsync();

        Assert.NotEqual(first, second);
        Assert.Contains("answered 500", problem.Cause, StringComparison.Ordinal);
        await EmptyAsync();
    }

    [Fact]
    public async Task It_is_given_up_in_the_end()
    {
        _status = StatusCodes.Status400BadRequest;
        await ObtainAsync("openid");
        await SignOutAsync();
        var tries = 0;
        while (await CountAsync() > 0)
        {
            await ReceiveAsync();
            tries++;
            await Eventually.TrueAsync(async () => await CountAsync() == 0 || await IsPostponedAsync(), "the try has ended");
            if (await CountAsync() > 0) _node.Clock.Advance(await PauseAsync());
        }

        Assert.Equal(7, tries);
        Assert.NotNull(await FindProblemAsync("logout_given_up"));
    }

    [Theory]
    [InlineData("/elsewhere")]
    [InlineData("/nowhere")]
    public async Task A_redirect_is_not_followed(string path)
    {
        _flow = await CreateFlowAsync(path, "kim@example.org");
        await ObtainAsync("openid");
        await SignOutAsync();
        await FindProblemAsync("logout_not_delivered");

        Assert.Empty(_received);
    }

    [Fact]
    public async Task An_address_of_the_own_network_is_not_called_unless_that_is_allowed()
    {
        await using var node = new TestNode { Outgoing = _receiver.Rules with { AllowPrivateAddresses = false } };
        await node.InitializeAsync();
        var flow = await CodeFlow.CreateAsync(node, change: draft => draft with { BackchannelLogoutUri = _receiver.Url + "/told" });
        await flow.RedeemAsync(await flow.ObtainCodeAsync(("scope", "openid")));
        using var signedOut = await flow.Browser.PostAsync("/exchange/portals/org/sign-out");
        await Eventually.TrueAsync(async () =>
        {
            await using var db = node.Database.Open();
            return await db.Problems.AnyAsync(row => row.Code == "logout_not_delivered");
        }, "the owner is told");

        Assert.Empty(_received);
    }

    [Theory]
    [InlineData("openid", false)]
    [InlineData("openid offline_access", true)]
    [InlineData("things:read", true)]
    public async Task Refresh_tokens_of_a_sign_in_end_with_the_session_unless_offline_access_was_given(string scope, bool lives)
    {
        var refreshToken = (string)(await ObtainAsync(scope))["refresh_token"]!;
        Assert.Equal(200, (await _flow.RefreshAsync(refreshToken)).Status);
        await SignOutAsync();

        Assert.Equal(lives ? 200 : 400, (await _flow.RefreshAsync(refreshToken)).Status);
    }

    [Fact]
    public async Task A_code_that_was_not_redeemed_before_the_session_ended_gives_nothing()
    {
        var code = await _flow.ObtainCodeAsync(("scope", "openid"));
        await SignOutAsync();

        Assert.Equal(400, (await _flow.RedeemAsync(code)).Status);
    }

    private Task<CodeFlow> CreateFlowAsync(string path, string email = "dana@example.org") =>
        CodeFlow.CreateAsync(_node, email: email, change: draft => draft with { BackchannelLogoutUri = _receiver.Url + path });

    private async Task<JsonObject> ObtainAsync(string scope, params (string Name, string? Value)[] changes)
    {
        var answer = await _flow.RedeemAsync(await _flow.ObtainCodeAsync([("scope", scope), .. changes]));
        Assert.Equal(200, answer.Status);
        return answer.Body;
    }

    private async Task SignOutAsync()
    {
        using var answer = await _flow.Browser.PostAsync("/exchange/portals/org/sign-out");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    private async Task<string> ReceiveAsync()
    {
        string? received = null;
        await Eventually.TrueAsync(() => Task.FromResult(_received.TryDequeue(out received)), "the application is told");
        return received!;
    }

    private async Task<Problem> FindProblemAsync(string code)
    {
        Problem? found = null;
        await Eventually.TrueAsync(async () =>
        {
            await using var db = _node.Database.Open();
            return (found = await db.Problems.AsNoTracking().FirstOrDefaultAsync(row => row.Code == code && row.ApplicationId == _flow.ApplicationId)) is not null;
        }, $"the owner is told: {code}");
        return found!;
    }

    private async Task<int> CountAsync()
    {
        await using var db = _node.Database.Open();
        return await db.LogoutNotices.CountAsync();
    }

    private Task EmptyAsync() => Eventually.TrueAsync(async () => await CountAsync() == 0, "nothing waits any more");

    private async Task<TimeSpan> PauseAsync()
    {
        await using var db = _node.Database.Open();
        return await db.LogoutNotices.Select(row => row.DueAt).FirstOrDefaultAsync() - _node.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(1);
    }

    // A claim lasts 30 seconds; no pause does.
    private async Task<bool> IsPostponedAsync()
    {
        var pause = Math.Round((await PauseAsync()).TotalSeconds);
        return pause > 0 && pause != 30;
    }
}
