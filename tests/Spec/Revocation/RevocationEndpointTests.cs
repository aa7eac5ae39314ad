using System.Net.Http.Headers;
using Gatehouse.Founding;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Gateway;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Revocation;

/// <summary><c>POST /as/revoke_token.oauth2</c>.</summary>
public sealed class RevocationEndpointTests(TestNode node) : IClassFixture<TestNode>
{
    private const string Endpoint = "/as/revoke_token.oauth2";

    [Fact, Rfc(7009, "2.1"), Rfc(7009, "2.2"), Requirement("7009-06", "7009-09")]
    public async Task An_application_gives_its_token_back_and_the_gateway_refuses_it()
    {
        var application = await node.CreateApplicationAsync();
        var (revoked, sibling) = (await node.ObtainTokenAsync(application), await node.ObtainTokenAsync(application));
        await IsDoneAsync(application, revoked);
        await node.SettleAsync();

        using var call = await node.CallAsync("/things", revoked);
        await call.IsInvalidTokenAsync("token_revoked");
        using var other = await node.CallAsync("/things", sibling);
        Assert.Equal(200, (int)other.StatusCode);
        await IsDoneAsync(application, revoked); // Again.
    }

    [Fact, Rfc(7009, "2.2"), Requirement("7009-09")]
    public async Task What_is_no_token_is_answered_like_one_that_was_revoked()
    {
        var application = await node.CreateApplicationAsync();
        foreach (var text in (string[])["junk", "a.b.c", new string('a', 20_000)]) await IsDoneAsync(application, text);
        await IsDoneAsync(application, await node.ObtainTokenAsync(application), "&token_type_hint=unheard");
    }

    [Fact, Rfc(7009, "2.1")]
    public async Task A_token_of_another_application_is_refused_and_lives_on()
    {
        var (owner, thief) = (await node.CreateApplicationAsync(), await node.CreateApplicationAsync(name: "Thief"));
        var token = await node.ObtainTokenAsync(owner);

        var answer = await RefusedAsync(Form(thief, token));
        answer.IsRefused(400, "invalid_request");
        Assert.Equal("foreign_token", (await node.FindProblemAsync(answer.TraceId)).Code);
        using var call = await node.CallAsync("/things", token);
        Assert.Equal(200, (int)call.StatusCode);
    }

    [Fact, Rfc(7009, "2.1"), Rfc(7009, "2.2.1"), Requirement("7009-02", "7009-11")]
    public async Task Client_authentication_comes_first_and_a_token_must_be_named()
    {
        var application = await node.CreateApplicationAsync();
        var token = await node.ObtainTokenAsync(application);
        (await RefusedAsync($"token={token}")).IsRefused(401, "invalid_client");
        (await RefusedAsync(Form(application with { ClientSecret = "ghs_wrong" }, token))).IsRefused(401, "invalid_client");
        (await RefusedAsync($"client_id={application.ClientId}&client_secret={application.ClientSecret}")).IsRefused(400, "invalid_request");
        using var call = await node.CallAsync("/things", token);
        Assert.Equal(200, (int)call.StatusCode);
    }

    [Fact, Rfc(7009, "2.1"), Requirement("7009-08")]
    public async Task A_public_application_names_itself_and_gives_its_own_back()
    {
        var flow = await CodeFlow.CreateAsync(node, isPublic: true);
        var token = (string)(await flow.RedeemAsync(await flow.ObtainCodeAsync())).Body["access_token"]!;
        using var answer = await PostAsync($"token={token}&client_id={flow.ClientId}");
        Assert.Equal(200, (int)answer.StatusCode);
        await node.SettleAsync();
        using var call = await node.CallAsync("/things", token);
        await call.IsInvalidTokenAsync("token_revoked");
    }

    private async Task IsDoneAsync(Credentials caller, string token, string more = "")
    {
        using var answer = await PostAsync(Form(caller, token) + more);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Null(answer.Content.Headers.ContentType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    private async Task<TokenAnswer> RefusedAsync(string body) => await TokenAnswer.ReadAsync(await PostAsync(body));

    private async Task<HttpResponseMessage> PostAsync(string body)
    {
        using var content = new StringContent(body, MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded"));
        return await node.Auth.PostAsync(Endpoint, content);
    }

    private static string Form(Credentials caller, string token) =>
        $"token={Uri.EscapeDataString(token)}&client_id={caller.ClientId}&client_secret={caller.ClientSecret}";
}
