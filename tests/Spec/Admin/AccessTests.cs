using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.SenderConstraint;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>Who is let in: asked on every call.</summary>
public sealed class AccessTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    private const string Metadata = "/.well-known/oauth-protected-resource/admin/v1";

    [Fact, Rfc(6750, "2.1")]
    public async Task A_token_with_the_scope_and_an_approved_contract_opens_the_API()
    {
        var answer = await house.CallWithTokenAsync(house.Token);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("org", (string)answer.Body["slug"]!);
        Assert.True(answer.NoStore);
    }

    [Fact, Rfc(6750, "3.1")]
    public async Task A_call_without_a_token_gets_a_challenge_that_names_no_error()
    {
        var answer = await house.CallWithTokenAsync(null);
        answer.AssertRefused(401);
        Assert.Equal($"Bearer realm=\"gatehouse admin\", resource_metadata=\"{TestNode.Issuer}{Metadata}\"", answer.Challenge);
    }

    [Fact, Rfc(9728, "3"), Rfc(9728, "5.1")]
    public async Task The_challenge_leads_to_what_the_API_says_of_itself()
    {
        var metadata = (await house.Node.Auth.GetFromJsonAsync<JsonObject>(Metadata))!;
        Assert.Equal((TestNode.Issuer + "/admin/v1", $"""["{TestNode.Issuer}"]""", """["gatehouse.admin"]"""),
            ((string?)metadata["resource"], metadata["authorization_servers"]!.ToJsonString(), metadata["scopes_supported"]!.ToJsonString()));
        Assert.Null(metadata["dpop_signing_alg_values_supported"]);
    }

    [Theory, Rfc(6750, "3.1")]
    [InlineData("not-a-token")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public async Task A_token_that_is_none_is_an_invalid_token(string token)
    {
        var answer = await house.CallWithTokenAsync(token);
        answer.AssertRefused(401);
        Assert.Contains("error=\"invalid_token\"", answer.Challenge, StringComparison.Ordinal);
    }

    [Fact, Rfc(9449, "7.1")]
    public async Task A_token_that_is_bound_to_a_key_is_not_taken_without_its_proof()
    {
        var bound = await new ProvingClient(house.Node).ObtainAsync(TokenRequests.Form(house.Operator));
        Assert.Equal("DPoP", (string?)bound.Body["token_type"]);
        (await house.CallWithTokenAsync((string)bound.Body["access_token"]!)).AssertRefused(401);
    }

    [Fact, Rfc(6750, "2.3")]
    public async Task A_token_in_the_query_string_is_refused()
    {
        var answer = await house.SendAsync(HttpMethod.Get, $"/organization?access_token={house.Token}", change: request => request.Headers.Authorization = null);
        answer.AssertRefused(400);
        Assert.Contains("error=\"invalid_request\"", answer.Challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_Authorization_headers_are_refused()
    {
        var answer = await house.SendAsync(HttpMethod.Get, "/organization", change: request =>
        {
            request.Headers.Authorization = null;
            request.Headers.TryAddWithoutValidation("Authorization", ["Bearer " + house.Token, "Bearer " + house.Token]);
        });
        answer.AssertRefused(400);
    }

    [Fact]
    public async Task A_token_for_another_API_is_refused()
    {
        var other = await house.Node.CreateApplicationAsync();
        var answer = await house.CallWithTokenAsync(await house.Node.ObtainTokenAsync(other));
        answer.AssertRefused(401);
    }

    [Fact, Rfc(9068, "4")]
    public async Task A_token_whose_audience_names_another_resource_is_refused_although_it_has_the_scope()
    {
        var forge = await TokenForge.WithIssuersKeyAsync(house.Node);
        (await house.CallWithTokenAsync(forge.Change(house.Token, payload: claims => claims["aud"] = TestNode.ApiUrl))).AssertRefused(401);
    }

    [Fact]
    public async Task A_token_signed_with_another_key_is_refused()
    {
        var forge = (await TokenForge.WithIssuersKeyAsync(house.Node)).WithAnotherKey();
        (await house.CallWithTokenAsync(forge.Change(house.Token))).AssertRefused(401);
    }

    [Fact, Rfc(6750, "3.1")]
    public async Task A_token_without_the_scope_is_told_which_one_it_lacks()
    {
        var forge = await TokenForge.WithIssuersKeyAsync(house.Node);
        var answer = await house.CallWithTokenAsync(forge.Change(house.Token, payload: claims => claims["scope"] = "things:read"));
        answer.AssertRefused(403);
        Assert.Contains("error=\"insufficient_scope\"", answer.Challenge, StringComparison.Ordinal);
        Assert.Contains("scope=\"gatehouse.admin\"", answer.Challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspended_contract_closes_the_API_and_the_owner_reads_why()
    {
        var credentials = await house.CreateOperatorAsync("Suspended");
        await house.Node.SettleAsync();
        var token = await house.Node.ObtainTokenAsync(credentials);
        Assert.Equal(HttpStatusCode.OK, (await house.CallWithTokenAsync(token)).Status);

        var contract = (await house.Node.FindAsync(credentials.ClientId)).Contracts.Single();
        await house.Node.Founder.Contracts.DecideAsync(contract.Id, ContractState.Suspended, Actor.System);
        await house.Node.SettleAsync();

        var answer = await house.CallWithTokenAsync(token);
        answer.AssertRefused(403);
        Assert.Empty(answer.Challenge);
        var problem = await house.Node.FindProblemAsync((string)answer.Body["trace_id"]!);
        Assert.Equal("no_approved_contract", problem.Code);
    }

    [Fact]
    public async Task A_retired_application_is_refused_and_let_in_again_with_a_new_token_when_it_is_reactivated()
    {
        var credentials = await house.CreateOperatorAsync("Retired");
        await house.Node.SettleAsync();
        var token = await house.Node.ObtainTokenAsync(credentials);

        await house.PostAsync($"/applications/{credentials.ClientId}/retire");
        await house.Node.SettleAsync();
        (await house.CallWithTokenAsync(token)).AssertRefused(401);

        await house.PostAsync($"/applications/{credentials.ClientId}/reactivate");
        await house.Node.SettleAsync();
        (await house.CallWithTokenAsync(token)).AssertRefused(401);
        Assert.Equal(HttpStatusCode.OK, (await house.CallWithTokenAsync(await house.Node.ObtainTokenAsync(credentials))).Status);
    }

    [Fact]
    public async Task A_deleted_application_is_refused()
    {
        var credentials = await house.CreateOperatorAsync("Deleted");
        await house.Node.SettleAsync();
        var token = await house.Node.ObtainTokenAsync(credentials);
        Assert.Equal(HttpStatusCode.NoContent, (await house.DeleteAsync($"/applications/{credentials.ClientId}")).Status);
        await house.Node.SettleAsync();
        (await house.CallWithTokenAsync(token)).AssertRefused(401);
    }

    [Fact]
    public async Task The_body_of_a_caller_who_is_not_let_in_is_not_looked_at()
    {
        var answer = await house.SendAsync(HttpMethod.Post, "/applications", change: request =>
        {
            request.Headers.Authorization = null;
            request.Content = new StringContent("not even JSON", Encoding.UTF8, "text/plain");
        });
        answer.AssertRefused(401);
    }
}
