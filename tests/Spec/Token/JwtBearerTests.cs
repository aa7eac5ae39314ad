using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.AuthServer.Remote;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Spec.Token;

/// <summary>A workload without a secret shows what its platform says about it (RFC 7523 §2.1).</summary>
public sealed class JwtBearerTests : IAsyncLifetime
{
    private const string Platform = "https://kubernetes.default.svc";
    private const string Workload = "system:serviceaccount:shipping:labels";

    private RSA _key = RSA.Create(2048);
    private Publisher _publisher = null!;
    private TestNode _node = null!;
    private string _clientId = string.Empty;

    public async ValueTask InitializeAsync()
    {
        _publisher = await Publisher.StartAsync();
        _node = new TestNode { Outgoing = _publisher.Rules };
        await _node.InitializeAsync();
        Publish("first");
        _clientId = await CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _key.Dispose();
        await _node.DisposeAsync();
        await _publisher.DisposeAsync();
    }

    [Fact, Rfc(7523, "2.1"), Rfc(7523, "3"), Rfc(7521, "4.1")]
    public async Task A_Kubernetes_token_becomes_an_access_token_of_the_application()
    {
        var answer = await PostAsync(Assertion());

        Assert.Equal((200, "Bearer"), (answer.Status, (string?)answer.Body["token_type"]));
        var claims = TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1]);
        Assert.Equal((_clientId, _clientId), ((string)claims["sub"]!, (string)claims["client_id"]!));
        using var call = await _node.CallAsync("/things", (string)answer.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
    }

    public static TheoryData<string, string, JsonNode?> Wrong => new()
    {
        { "iss", "another issuer", "https://elsewhere.example" }, { "sub", "another workload", "system:serviceaccount:shipping:other" },
        { "aud", "another audience", "https://elsewhere.example" }, { "aud", "no audience", null }, { "exp", "no end", null },
        { "exp", "an end as text", "9999999999" }, { "exp", "an end that is past", 1000000000 }, { "exp", "an end too far away", 9999999999 },
        { "nbf", "a beginning in the future", 9999999998 }, { "iat", "made in the future", 9999999998 }, { "sub", "no subject", null },
    };

    [Theory, Rfc(7523, "3"), Rfc(7523, "3.1"), Requirement("7523-09")]
    [MemberData(nameof(Wrong))]
    public async Task One_that_does_not_fit_is_refused(string claim, string why, JsonNode? value)
    {
        var answer = await PostAsync(Assertion(claims => claims[claim] = value?.DeepClone()));
        answer.IsRefused(400, "invalid_grant");
        Assert.NotEmpty(why);
    }

    [Fact, Rfc(7523, "3")]
    public async Task One_of_another_key_or_for_another_application_is_refused()
    {
        using var another = RSA.Create(2048);
        (await PostAsync(Assertion(key: another))).IsRefused(400, "invalid_grant");
        (await PostAsync("not.a.jwt")).IsRefused(400, "invalid_grant");
        (await PostAsync(string.Empty)).IsRefused(400, "invalid_request");
        (await PostAsync(Assertion(), await CreateAsync(rule => rule with { Subject = "system:serviceaccount:billing:*" }))).IsRefused(400, "invalid_grant");
    }

    [Fact]
    public async Task A_rule_can_name_a_family_of_subjects_and_further_claims()
    {
        var clientId = await CreateAsync(rule => rule with
        {
            Subject = "repo:acme/shop:*", Audience = "gatehouse", Claims = new Dictionary<string, string> { ["environment"] = "production" },
        });
        Assert.Equal(200, (await PostAsync(Job("production", "repo:acme/shop:ref:refs/heads/main"), clientId)).Status);
        (await PostAsync(Job("staging", "repo:acme/shop:ref:refs/heads/main"), clientId)).IsRefused(400, "invalid_grant");
        (await PostAsync(Job("production", "repo:acme/shopping:x"), clientId)).IsRefused(400, "invalid_grant");

        string Job(string environment, string subject) => Assertion(claims =>
            (claims["sub"], claims["aud"], claims["environment"]) = (subject, new JsonArray("other", "gatehouse"), environment));
    }

    [Fact]
    public async Task A_new_key_of_the_issuer_is_found_and_its_server_is_not_asked_for_every_token()
    {
        Assert.Equal(200, (await PostAsync(Assertion())).Status);
        Assert.Equal(200, (await PostAsync(Assertion())).Status);
        Assert.Equal(1, _publisher.Fetches);

        _key.Dispose();
        _key = RSA.Create(2048);
        Publish("second");
        (await PostAsync(Assertion(kid: "second"))).IsRefused(400, "invalid_grant"); // It was asked a moment ago.
        Assert.Equal(1, _publisher.Fetches);
        _node.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(200, (await PostAsync(Assertion(kid: "second"))).Status);
        Assert.Equal(2, _publisher.Fetches);
    }

    [Fact]
    public async Task The_last_keys_count_while_their_server_is_away()
    {
        Assert.Equal(200, (await PostAsync(Assertion())).Status);
        _publisher.Documents["/jwks"] = http =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        _node.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(200, (await PostAsync(Assertion())).Status);
        _node.Clock.Advance(TimeSpan.FromHours(1));
        (await PostAsync(Assertion())).IsRefused(400, "invalid_grant");
    }

    [Fact, Requirement("7523-10")]
    public async Task A_document_that_is_too_large_or_a_redirect_is_not_followed()
    {
        _publisher.Documents["/jwks"] = http => http.Response.WriteAsync(new string(' ', RemoteDocuments.MaxBytes) + Keys("first"));
        (await PostAsync(Assertion())).IsRefused(400, "invalid_grant");

        _publisher.Publish("/elsewhere", Keys("first"));
        _publisher.Documents["/jwks"] = http =>
        {
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };
        _node.Clock.Advance(TimeSpan.FromSeconds(31));
        (await PostAsync(Assertion())).IsRefused(400, "invalid_grant");
    }

    [Fact]
    public async Task An_application_without_rules_cannot_have_the_grant()
    {
        var draft = new ApplicationDraft("Workload") { GrantTypes = [GrantType.JwtBearer], TokenEndpointAuthMethod = TokenEndpointAuthMethods.None };
        foreach (var rule in new[] { "*", "a*b", "" })
        {
            var bad = draft with { FederatedIdentities = [new FederatedIdentity { Issuer = Platform, JwksUri = "https://a.example/jwks", Subject = rule }] };
            Assert.Equal("federated_identities", (await CreateAsync(bad)).Field);
        }
        Assert.Equal("federated_identities", (await CreateAsync(draft)).Field);
        Assert.Equal("federated_identities", (await CreateAsync(draft with
        {
            FederatedIdentities = [new FederatedIdentity { Issuer = Platform, JwksUri = "http://a.example/jwks", Subject = "a" }],
        })).Field);
    }

    private Task<Outcome<CreatedApplication>> CreateAsync(ApplicationDraft draft) =>
        _node.Get<ApplicationOperations>().CreateAsync(_node.Organization.Id, draft, ownerId: null, Actor.System);

    private async Task<string> CreateAsync(Func<FederatedIdentity, FederatedIdentity>? change = null)
    {
        var rule = new FederatedIdentity { Issuer = Platform, JwksUri = _publisher.Url + "/jwks", Subject = Workload };
        var outcome = await CreateAsync(new ApplicationDraft("Workload")
        {
            GrantTypes = [GrantType.JwtBearer], TokenEndpointAuthMethod = TokenEndpointAuthMethods.None, PlanIds = [_node.Things.Plans.First().Id],
            FederatedIdentities = [change is null ? rule : change(rule)],
        });
        Assert.True(outcome.Succeeded, outcome.Message);
        await _node.SettleAsync();
        return outcome.Value!.Application.ClientId;
    }

    private Task<TokenAnswer> PostAsync(string assertion, string? clientId = null) =>
        _node.Auth.PostTokenAsync($"grant_type={GrantType.JwtBearer}&assertion={assertion}&client_id={clientId ?? _clientId}");

    private void Publish(string kid) => _publisher.Publish("/jwks", Keys(kid));

    private string Keys(string kid)
    {
        var key = _key.ExportParameters(includePrivateParameters: false);
        return AssertingApplication.JwkSet(new JsonObject
        {
            ["kty"] = "RSA", ["kid"] = kid, ["use"] = "sig", ["alg"] = "RS256",
            ["n"] = Base64Url.EncodeToString(key.Modulus), ["e"] = Base64Url.EncodeToString(key.Exponent),
        });
    }

    private string Assertion(Action<JsonObject>? change = null, RSA? key = null, string kid = "first")
    {
        var now = _node.Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Platform, ["sub"] = Workload, ["aud"] = new JsonArray(TestNode.Issuer), ["iat"] = now, ["nbf"] = now, ["exp"] = now + 3600,
        };
        change?.Invoke(claims);
        foreach (var absent in claims.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList()) claims.Remove(absent);
        var input = $"{TokenForge.Encode(new JsonObject { ["alg"] = "RS256", ["kid"] = kid }.ToJsonString())}.{TokenForge.Encode(claims.ToJsonString())}";
        return $"{input}.{Base64Url.EncodeToString((key ?? _key).SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }
}
