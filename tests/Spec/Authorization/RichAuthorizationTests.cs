using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;
using static Gatehouse.Tests.Spec.Authorization.Payments;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>Authorization details from the authorization request to the tokens (RFC 9396).</summary>
public sealed class RichAuthorizationTests : IAsyncLifetime
{
    private const string Details = "authorization_details";

    private readonly TestNode _node = new();
    private Api _payments = null!;
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _payments = await PublishAsync(_node);
        _flow = await CreateFlowAsync(_node, _payments);
        await _flow.SignInAsync();
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(9396, "2"), Rfc(9396, "3"), Rfc(9396, "7"), Rfc(9396, "9.1")]
    public async Task What_the_user_allowed_stands_in_the_answer_and_in_the_token()
    {
        var answer = await _flow.RedeemAsync(await _flow.ObtainCodeAsync((Details, $" [ {Payment()} , {Account} ] ")));

        Assert.Equal(List(Payment(), Account), DetailsOf(answer));
        Assert.Equal("things:read", (string?)answer.Body["scope"]);
        Assert.Equal([Resource, _node.Things.Resource], AudienceOf(answer));
    }

    [Fact, Rfc(9396, "3.1")]
    public async Task Details_without_a_scope_ask_for_no_scope()
    {
        var answer = await _flow.RedeemAsync(await _flow.ObtainCodeAsync((Details, List(Payment())), ("scope", null)));

        Assert.Equal(List(Payment()), DetailsOf(answer));
        Assert.Null(answer.Body["scope"]);
        Assert.Equal([Resource], AudienceOf(answer));
        using var call = await _node.CallAsync("/payments/1", (string)answer.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.Forbidden, call.StatusCode); // It needs payments:read.
        Assert.Equal(List(Payment()), DetailsOf(await _flow.RefreshAsync((string)answer.Body["refresh_token"]!)));
    }

    [Fact, Rfc(9396, "2.2")]
    public async Task Locations_name_the_API_of_the_type()
    {
        var good = Account.Insert(Account.Length - 1, $",\"locations\":[\"{Resource}\"]");
        Assert.Equal(List(good), DetailsOf(await _flow.RedeemAsync(await _flow.ObtainCodeAsync((Details, List(good))))));

        await IsRefusedAsync(List(good.Replace("/payments", "/things", StringComparison.Ordinal)));
        await IsRefusedAsync(List(Account.Insert(Account.Length - 1, ",\"locations\":[]")));
        await IsRefusedAsync(List(Account.Insert(Account.Length - 1, $",\"locations\":\"{Resource}\"")));
    }

    [Theory, Rfc(9396, "5")]
    [InlineData("payment")]
    [InlineData("{\"type\":\"payment\"}")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("[{\"kind\":\"account_access\"}]")]
    [InlineData("[{\"type\":7}]")]
    [InlineData("[{\"type\":\"account_access\",\"type\":\"account_access\"}]")]
    [InlineData("[{\"type\":\"account_access\",\"a\":{\"b\":1,\"b\":2}}]")]
    [InlineData("[{\"type\":\"account_access\"},]")]
    [InlineData("[{\"type\":\"account_access\",\"a\":1e99}]")]
    [InlineData("[{\"type\":\"account_access\",\"a\":\"\\ud800\"}]")]
    [InlineData("[{\"type\":\"account_access\",\"a\":[[[[[[]]]]]]}]")]
    [InlineData("[{\"type\":\"unheard\"}]")]
    [InlineData("[{\"type\":\"payment\"}]")]
    [InlineData("[{\"type\":\"payment\",\"creditor\":\"Ada\",\"amount\":{\"currency\":\"EUR\",\"value\":\"12.5\"}}]")]
    [InlineData("[{\"type\":\"payment\",\"creditor\":\"Ada\",\"amount\":{\"currency\":\"EUR\",\"value\":\"12.50\\n\"}}]")]
    [InlineData("[{\"type\":\"payment\",\"creditor\":\"Ada\",\"amount\":{\"currency\":\"EUR\",\"value\":\"12.50\"},\"more\":1}]")]
    public async Task What_is_malformed_unknown_or_not_as_registered_is_refused(string details) => await IsRefusedAsync(details);

    [Fact, Rfc(9396, "5"), Rfc(9396, "12")]
    public async Task Too_many_and_too_long_ones_are_refused()
    {
        await IsRefusedAsync(List([.. Enumerable.Repeat(Account, 11)]));
        await IsRefusedAsync(List($$"""{"type":"account_access","a":"{{new string('a', 4096)}}"}"""));
        // A URL cannot be so long.
        (await _node.Auth.PostTokenAsync($"grant_type=client_credentials{_flow.Authentication}&authorization_details=[{new string('+', 17_000)}]"))
            .IsRefused(400, "invalid_authorization_details");
    }

    [Fact, Rfc(9396, "5")]
    public async Task A_pattern_that_would_take_for_ever_takes_no_time()
    {
        var evil = Payment().Insert(Payment().Length - 1, $",\"reference\":\"{new string('R', 3000)}!\"");
        var started = TimeProvider.System.GetTimestamp();
        await IsRefusedAsync(List(evil));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
    }

    [Fact, Rfc(9396, "5"), Rfc(9396, "10")]
    public async Task A_type_needs_the_permission_of_the_application_and_a_contract()
    {
        var plain = await CodeFlow.CreateAsync(_node, email: "kim@example.org");
        await IsRefusedAsync(List(Thing), plain);

        var stranger = await CodeFlow.CreateAsync(_node, email: "lee@example.org", change: draft => draft with { AuthorizationDetailsTypes = ["payment", "thing_use"] });
        await IsRefusedAsync(List(Payment()), stranger);
        await stranger.SignInAsync();
        Assert.Equal(List(Thing), DetailsOf(await stranger.RedeemAsync(await stranger.ObtainCodeAsync((Details, List(Thing))))));
    }

    [Fact, Rfc(9396, "6.1")]
    public async Task A_token_can_carry_less_than_was_allowed_and_never_anything_else()
    {
        var code = await _flow.ObtainCodeAsync((Details, List(Payment(), Account)));
        (await _flow.RedeemAsync(code, more: Parameter(Payment("12.51")))).IsRefused(400, "invalid_authorization_details");
        (await _flow.RedeemAsync(code, more: "&authorization_details=7")).IsRefused(400, "invalid_authorization_details");

        var answer = await _flow.RedeemAsync(code, more: Parameter(Account)); // What was refused has not used up the code.
        Assert.Equal(List(Account), DetailsOf(answer));
        var refreshToken = (string)answer.Body["refresh_token"]!;
        Assert.Equal(List(Payment(), Account), DetailsOf(await _flow.RefreshAsync(refreshToken)));
        var turned = """{"creditor":"Ada","amount":{"value":"12.50","currency":"EUR"},"type":"payment"}""";
        Assert.Equal(List(turned), DetailsOf(await _flow.RefreshAsync(refreshToken, Parameter(turned))));
        (await _flow.RefreshAsync(refreshToken, Parameter(Thing))).IsRefused(400, "invalid_authorization_details");
    }

    [Fact, Rfc(9396, "6"), Rfc(8707, "2.2")]
    public async Task A_token_for_one_API_carries_its_details_alone()
    {
        var code = await _flow.ObtainCodeAsync((Details, List(Payment(), Thing)), ("scope", "things:read payments:read"));
        var answer = await _flow.RedeemAsync(code, more: $"&resource={Resource}");
        var refreshToken = (string)answer.Body["refresh_token"]!;

        Assert.Equal((List(Payment()), "payments:read"), (DetailsOf(answer), (string?)answer.Body["scope"]));
        Assert.Equal([Resource], AudienceOf(answer));
        Assert.Equal(List(Thing), DetailsOf(await _flow.RefreshAsync(refreshToken, $"&resource={_node.Things.Resource}")));
        (await _flow.RefreshAsync(refreshToken, $"&resource={_node.Things.Resource}{Parameter(Payment())}")).IsRefused(400, "invalid_authorization_details");
    }

    [Fact, Rfc(9396, "3.2"), Rfc(9396, "5")]
    public async Task With_a_resource_only_its_types_can_be_asked_for()
    {
        await IsRefusedAsync(List(Payment()), _flow, ("resource", _node.Things.Resource));
        Assert.Equal(List(Payment()), DetailsOf(await _flow.RedeemAsync(await _flow.ObtainCodeAsync((Details, List(Payment())), ("resource", Resource), ("scope", null)))));
    }

    [Fact]
    public async Task What_the_application_may_no_longer_use_is_gone_at_the_next_refresh()
    {
        var answer = await _flow.RedeemAsync(await _flow.ObtainCodeAsync((Details, List(Payment(), Account))));
        var operations = _node.Get<ApplicationOperations>();
        var draft = ApplicationDraft.Of(await _node.FindAsync(_flow.ClientId)) with { AuthorizationDetailsTypes = ["account_access"] };
        Assert.True((await operations.ChangeAsync(_flow.ApplicationId, draft, Actor.System)).Succeeded);
        await _node.SettleAsync();

        Assert.Equal(List(Account), DetailsOf(await _flow.RefreshAsync((string)answer.Body["refresh_token"]!)));
    }

    private async Task IsRefusedAsync(string details, CodeFlow? flow = null, params (string Name, string? Value)[] changes)
    {
        flow ??= _flow;
        var location = (await flow.FollowAsync(flow.Url([(Details, details), .. changes]))).Answer.Headers.Location!;
        Assert.Equal(("invalid_authorization_details", "st&te"), (CodeFlow.Parameter(location, "error"), CodeFlow.Parameter(location, "state")));
    }

    private static IEnumerable<string> AudienceOf(TokenAnswer answer)
    {
        var audience = TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1])["aud"]!;
        return audience is JsonArray list ? list.Select(item => (string)item!) : [(string)audience!];
    }
}
