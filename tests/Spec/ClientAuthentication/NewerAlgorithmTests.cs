using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.SenderConstraint;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.ClientAuthentication;

/// <summary>What applications sign with Ed25519 and ML-DSA: assertions, request objects, proofs.</summary>
public sealed class NewerAlgorithmTests : IAsyncLifetime
{
    private readonly TestNode _node = new();

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory, Rfc(8037, "3.1"), Rfc(9864, "2.2"), Rfc(9964, "4"), Rfc(7523, "3")]
    [InlineData("EdDSA")]
    [InlineData("Ed25519")]
    [InlineData("ML-DSA-44")]
    [InlineData("ML-DSA-65")]
    [InlineData("ML-DSA-87")]
    public async Task An_application_proves_itself(string algorithm)
    {
        using var key = new SeedSigner(algorithm);
        var clientId = await CreateAsync(key);

        var answer = await _node.Auth.PostTokenAsync(AssertingApplication.Form(key.Assertion(_node, clientId)));
        Assert.Equal(200, answer.Status);
        using var call = await _node.CallAsync("/things", (string)answer.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);

        using var another = new SeedSigner(algorithm);
        (await _node.Auth.PostTokenAsync(AssertingApplication.Form(another.Assertion(_node, clientId)))).IsRefused(401, "invalid_client");
        (await _node.Auth.PostTokenAsync(AssertingApplication.Form(key.Assertion(_node, clientId, "ES256")))).IsRefused(401, "invalid_client");
    }

    [Theory, Rfc(8037, "3.1"), Rfc(9449, "4.2")]
    [InlineData("EdDSA")]
    [InlineData("Ed25519")]
    public async Task A_token_is_bound_to_a_key_and_used_with_it(string algorithm)
    {
        using var key = new SeedSigner(algorithm);
        var client = new ProvingClient(_node, key);
        var answer = await client.ObtainAsync(TokenRequests.Form(await _node.CreateApplicationAsync()));

        Assert.Equal((200, "DPoP"), (answer.Status, (string?)answer.Body["token_type"]));
        var token = (string)answer.Body["access_token"]!;
        Assert.Equal(key.Thumbprint, (string?)TokenForge.Read(token.Split('.')[1])["cnf"]!["jkt"]);
        using var call = await client.CallAsync(token, client.CallProof(token));
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        using var other = new SeedSigner(algorithm);
        using var refused = await client.CallAsync(token, new ProvingClient(_node, other) { Nonce = client.Nonce }.CallProof(token));
        ProvingClient.IsRefused(refused, "invalid_dpop_proof");
    }

    [Fact, Rfc(9449, "5.1")]
    public async Task Proofs_by_ML_DSA_are_neither_advertised_nor_taken()
    {
        using var key = new SeedSigner("ML-DSA-44");
        var answer = await new ProvingClient(_node, key).PostAsync(
            TokenRequests.Form(await _node.CreateApplicationAsync()), new ProvingClient(_node, key).Proof("POST", TestNode.Issuer + TokenRequests.Endpoint));
        answer.IsRefused(400, "invalid_dpop_proof");

        var metadata = (await _node.Auth.GetFromJsonAsync<JsonObject>("/.well-known/oauth-authorization-server"))!;
        var proofs = Texts(metadata, "dpop_signing_alg_values_supported");
        Assert.DoesNotContain(proofs, name => name.StartsWith("ML-DSA", StringComparison.Ordinal));
        Assert.Contains("EdDSA", proofs);
        foreach (var list in new[] { "token_endpoint_auth_signing_alg_values_supported", "request_object_signing_alg_values_supported" })
            Assert.Equal([.. proofs, "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"], Texts(metadata, list));
        Assert.Equal(["ES256", "RS256", "PS256", "EdDSA", "Ed25519", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"], Texts(metadata, "id_token_signing_alg_values_supported"));
    }

    [Theory, Rfc(9101, "6.2"), Rfc(8037, "3.1")]
    [InlineData("EdDSA")]
    [InlineData("ML-DSA-65")]
    public async Task A_request_object_is_taken(string algorithm)
    {
        using var key = new SeedSigner(algorithm);
        var flow = await CodeFlow.CreateAsync(_node, change: draft => draft with
        {
            TokenEndpointAuthMethod = TokenEndpointAuthMethods.PrivateKeyJwt, Jwks = AssertingApplication.JwkSet(key.PublicJwk()), RedirectUris = [CodeFlow.Callback],
        });
        var now = _node.Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = flow.ClientId, ["aud"] = TestNode.Issuer, ["iat"] = now, ["exp"] = now + 60 };
        var parameters = System.Web.HttpUtility.ParseQueryString(flow.Url().Split('?')[1]);
        foreach (var name in parameters.AllKeys) claims[name!] = parameters[name];
        var request = key.Sign(new JsonObject { ["alg"] = algorithm, ["typ"] = "oauth-authz-req+jwt" }, claims);
        using var content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["client_id"] = flow.ClientId, ["request"] = request, ["client_assertion"] = key.Assertion(_node, flow.ClientId),
            ["client_assertion_type"] = Protocol.ClientAuthentication.ClientAssertion.Type,
        });
        using var pushed = await _node.Auth.PostAsync("/as/par.oauth2", content);
        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
    }

    [Fact]
    public async Task FAPI_takes_Ed25519_and_no_ML_DSA()
    {
        using var key = new SeedSigner("EdDSA");
        using var large = new SeedSigner("ML-DSA-65");
        var clientId = await CreateAsync(key, draft => draft with
        {
            Fapi2SecurityProfile = true, IdTokenSignedResponseAlg = "EdDSA", Jwks = AssertingApplication.JwkSet(key.PublicJwk(), large.PublicJwk()),
        });
        var client = new ProvingClient(_node, key);
        await client.LearnNonceAsync(AssertingApplication.Form(key.Assertion(_node, clientId)));
        var answer = await client.ObtainAsync(AssertingApplication.Form(key.Assertion(_node, clientId)));
        Assert.Equal((200, "DPoP"), (answer.Status, (string?)answer.Body["token_type"]));

        (await client.ObtainAsync(AssertingApplication.Form(large.Assertion(_node, clientId)))).IsRefused(401, "invalid_client");
        var refused = await _node.Get<ApplicationOperations>().CreateAsync(
            _node.Organization.Id, Draft(key) with { Fapi2SecurityProfile = true, IdTokenSignedResponseAlg = "ML-DSA-65" }, ownerId: null, Actor.System);
        Assert.Equal("fapi2_security_profile", refused.Field);
    }

    [Theory, Rfc(9964, "3"), Rfc(8037, "2")]
    [InlineData("EdDSA", "d")]
    [InlineData("ML-DSA-44", "priv")]
    public async Task A_private_key_is_not_registered(string algorithm, string member)
    {
        using var key = new SeedSigner(algorithm);
        var jwk = key.PublicJwk();
        jwk[member] = new string('A', 43);
        var outcome = await _node.Get<ApplicationOperations>().CreateAsync(
            _node.Organization.Id, Draft(key) with { Jwks = AssertingApplication.JwkSet(jwk) }, ownerId: null, Actor.System);
        Assert.Equal("jwks", outcome.Field);
    }

    private ApplicationDraft Draft(SeedSigner key) => new("Signing")
    {
        TokenEndpointAuthMethod = TokenEndpointAuthMethods.PrivateKeyJwt, Jwks = AssertingApplication.JwkSet(key.PublicJwk()), PlanIds = [_node.Things.Plans.First().Id],
    };

    private async Task<string> CreateAsync(SeedSigner key, Func<ApplicationDraft, ApplicationDraft>? change = null)
    {
        var draft = Draft(key);
        var outcome = await _node.Get<ApplicationOperations>().CreateAsync(_node.Organization.Id, change?.Invoke(draft) ?? draft, ownerId: null, Actor.System);
        Assert.True(outcome.Succeeded, outcome.Message);
        await _node.SettleAsync();
        return outcome.Value!.Application.ClientId;
    }

    private static IEnumerable<string> Texts(JsonObject json, string name) => json[name]!.AsArray().Select(item => (string)item!);
}
