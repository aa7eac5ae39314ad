using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Token;

/// <summary>An application of two APIs says which one a token is for (RFC 8707).</summary>
public sealed class ResourceIndicatorTests : IAsyncLifetime
{
    private const string Things = TestNode.ApiUrl + "/things";
    private const string Others = TestNode.ApiUrl + "/others";

    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        var others = await _node.Founder.PublishAsync(_node.DescribeApi("others", _node.Upstream.Url));
        _flow = await CodeFlow.CreateAsync(_node, change: draft => draft with
        {
            GrantTypes = [.. draft.GrantTypes, "client_credentials"], PlanIds = [_node.Things.Plans.First().Id, others.Plans.First().Id],
        });
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(8707, "2.2"), Rfc(9068, "3"), Requirement("9068-08")]
    public async Task The_audience_is_the_named_resource_and_the_scopes_are_its_own()
    {
        var answer = await AskAsync($"&scope=things:read others:read&resource={Things}");

        Assert.Equal("things:read", (string?)answer.Body["scope"]);
        Assert.Equal([Things], AudienceOf(answer));
        Assert.Equal([Others, Things], AudienceOf(await AskAsync("&scope=things:read others:read")).Order());
    }

    [Theory, Rfc(8707, "2"), Rfc(8707, "2.2"), Requirement("8707-02", "8707-07")]
    [InlineData("&resource=https://api.example.test/nothing")]
    [InlineData("&resource=https://api.example.test/things/")]
    [InlineData("&resource=things")]
    [InlineData("&resource=https://api.example.test/things%23part")]
    [InlineData("&scope=things:read&resource=https://api.example.test/others")]
    [InlineData("&resource=https://api.example.test/things&resource=https://api.example.test/others")]
    public async Task A_resource_that_is_not_the_applications_or_a_second_one_is_refused(string more) =>
        (await AskAsync(more)).IsRefused(400, "invalid_target");

    [Theory]
    [InlineData("&resource=&resource=https://api.example.test/things")]
    [InlineData("&resource=https://api.example.test/things&resource=https://api.example.test/things")]
    public async Task An_empty_value_and_a_double_count_for_nothing(string more) => Assert.Equal([Things], AudienceOf(await AskAsync(more)));

    [Fact, Rfc(8707, "2.1"), Rfc(8707, "2.2"), Requirement("8707-03", "8707-04")]
    public async Task A_code_for_several_gives_tokens_for_one_each()
    {
        await _flow.SignInAsync();
        var url = _flow.Url(("scope", "openid things:read others:read"), ("resource", Things)) + $"&resource={Uri.EscapeDataString(Others)}";
        var code = CodeFlow.Parameter(await _flow.AllowAtAsync(url), "code")!;

        var first = await _flow.RedeemAsync(code, more: $"&resource={Things}");
        var second = await _flow.RefreshAsync((string)first.Body["refresh_token"]!, $"&resource={Others}");

        Assert.Equal([Things], AudienceOf(first));
        Assert.Equal([Others], AudienceOf(second));
        Assert.NotNull(first.Body["id_token"]);
        Assert.Equal("others:read", (string?)second.Body["scope"]);
    }

    [Fact, Rfc(8707, "2.2"), Requirement("8707-05")]
    public async Task What_the_user_did_not_see_cannot_be_named_later()
    {
        await _flow.SignInAsync();
        var code = await _flow.ObtainCodeAsync(("scope", null), ("resource", Things));
        var first = await _flow.RedeemAsync(code);

        Assert.Equal([Things], AudienceOf(first));
        (await _flow.RefreshAsync((string)first.Body["refresh_token"]!, $"&resource={Others}")).IsRefused(400, "invalid_target");
    }

    [Fact, Rfc(8707, "2.1"), Requirement("8707-02")]
    public async Task An_unknown_resource_ends_the_authorization_request()
    {
        var location = await _flow.AllowAsync(changes: ("resource", "https://elsewhere.example"));
        Assert.Equal("invalid_target", CodeFlow.Parameter(location, "error"));
    }

    private Task<TokenAnswer> AskAsync(string more) => _node.Auth.PostTokenAsync($"grant_type=client_credentials{_flow.Authentication}{more}");

    private static List<string> AudienceOf(TokenAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        var audience = TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1])["aud"]!;
        return audience is System.Text.Json.Nodes.JsonArray many ? [.. many.Select(one => (string)one!)] : [(string)audience!];
    }
}
