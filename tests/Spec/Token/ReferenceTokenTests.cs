using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Token;

/// <summary>Access tokens that say nothing by themselves (RFC 6749 §1.4).</summary>
public sealed class ReferenceTokenTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;
    private CodeFlow _server = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _server = await CodeFlow.CreateAsync(_node, email: "kim@example.org", change: draft => draft with { GrantTypes = [GrantType.ClientCredentials] });
        var api = _node.DescribeApi("things", _node.Upstream.Url);
        (api.AccessTokenFormat, api.ResourceServers) = (AccessTokenFormats.Reference, [_server.ClientId]);
        await _node.Founder.PublishAsync(api);
        _flow = await CodeFlow.CreateAsync(_node, change: draft => draft with { GrantTypes = [.. draft.GrantTypes, GrantType.ClientCredentials] });
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(6749, "1.4"), Rfc(7662, "2.2")]
    public async Task The_gateway_and_introspection_know_what_it_stands_for()
    {
        var token = await ObtainAsync();

        Assert.Matches("^ghat_[A-Za-z0-9_-]{43}$", token);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(token));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(token)); // From memory.
        var facts = await IntrospectAsync(token);
        Assert.Equal((true, _flow.ClientId, "things:read things:write"), ((bool)facts["active"]!, (string)facts["client_id"]!, (string)facts["scope"]!));
    }

    [Fact]
    public async Task An_unknown_or_expired_one_is_refused()
    {
        var token = await ObtainAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(token[..^1] + (token[^1] == 'A' ? 'B' : 'A')));

        _node.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(token));
        Assert.False((bool)(await IntrospectAsync(token))["active"]!);
    }

    [Fact, Rfc(7009, "2.1")]
    public async Task It_can_be_revoked()
    {
        var token = await ObtainAsync();
        Assert.Equal(HttpStatusCode.OK, await CallAsync(token));
        using var content = new StringContent($"token={token}{_flow.Authentication}", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var revoked = await _node.Auth.PostAsync("/as/revoke_token.oauth2", content);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        await _node.SettleAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(token));
        Assert.False((bool)(await IntrospectAsync(token))["active"]!);
    }

    [Fact, Rfc(7662, "2.2")]
    public async Task Introspection_that_remembers_it_learns_of_its_revocation_and_its_end()
    {
        var (revoked, expiring) = (await ObtainAsync(), await ObtainAsync());
        Assert.True((bool)(await IntrospectAsync(revoked))["active"]!);
        Assert.True((bool)(await IntrospectAsync(expiring))["active"]!);
        // From now on it is memory that answers: the store has nothing to say of them.
        await using (var db = _node.Database.Open()) Assert.Equal(2, await db.Handles.ExecuteDeleteAsync());
        Assert.True((bool)(await IntrospectAsync(revoked))["active"]!);

        using var content = new StringContent($"token={revoked}{_flow.Authentication}", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await _node.Auth.PostAsync("/as/revoke_token.oauth2", content);
        await _node.SettleAsync();
        Assert.False((bool)(await IntrospectAsync(revoked))["active"]!);
        Assert.True((bool)(await IntrospectAsync(expiring))["active"]!);

        _node.Clock.Advance(TimeSpan.FromDays(1));
        Assert.False((bool)(await IntrospectAsync(expiring))["active"]!);
    }

    [Fact, Rfc(6819, "5.1.4.1.3")]
    public async Task The_database_holds_no_token()
    {
        var token = await ObtainAsync();
        await using var db = _node.Database.Open();
        Assert.All(await db.Handles.AsNoTracking().ToListAsync(), row =>
        {
            Assert.DoesNotContain(token, row.Content, StringComparison.Ordinal);
            Assert.DoesNotContain(token[5..], row.Content, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_application_can_have_them_for_every_API()
    {
        var others = await _node.Founder.PublishAsync(_node.DescribeApi("others", _node.Upstream.Url));
        var (plain, referring) = (await CreateAsync(AccessTokenFormats.Jwt, "a@example.org"), await CreateAsync(AccessTokenFormats.Reference, "b@example.org"));

        Assert.Equal(3, plain.Split('.').Length);
        Assert.StartsWith("ghat_", referring, StringComparison.Ordinal);

        async Task<string> CreateAsync(string format, string email) => await ObtainAsync(await CodeFlow.CreateAsync(_node, email: email, change: draft => draft with
        {
            GrantTypes = [GrantType.ClientCredentials], PlanIds = [others.Plans.First().Id], AccessTokenFormat = format,
        }));
    }

    private async Task<string> ObtainAsync(CodeFlow? flow = null) =>
        (string)(await _node.Auth.PostTokenAsync($"grant_type=client_credentials{(flow ?? _flow).Authentication}")).Body["access_token"]!;

    private async Task<HttpStatusCode> CallAsync(string token)
    {
        using var answer = await _node.CallAsync("/things", token);
        return answer.StatusCode;
    }

    private async Task<JsonObject> IntrospectAsync(string token)
    {
        using var content = new StringContent($"token={token}{_server.Authentication}", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await _node.Auth.PostAsync("/as/introspect.oauth2", content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }
}
