using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.SenderConstraint;

/// <summary>Access tokens that are bound to a client certificate, over real TLS: at issue, at the gateway, at userinfo and in introspection.</summary>
public sealed class CertificateBoundTests(MutualTlsNode house) : IClassFixture<MutualTlsNode>
{
    private readonly TestNode _node = house.Node;

    [Fact, Requirement("8705-05", "8705-06"), Rfc(8705, "3.1"), Rfc(8705, "3")]
    public async Task A_bound_token_names_the_certificate_and_works_on_its_connections_alone()
    {
        var certificate = house.Authority.Issue();
        var answer = await house.ObtainAsync(await CreateBoundAsync(), certificate);
        Assert.Equal((200, "Bearer"), (answer.Status, (string?)answer.Body["token_type"]));
        var token = (string)answer.Body["access_token"]!;

        Assert.Equal($$"""{"x5t#S256":"{{MutualTlsNode.Thumbprint(certificate)}}"}""", TokenForge.Read(token.Split('.')[1])["cnf"]!.ToJsonString());
        using var call = await house.CallAsync(token, certificate);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        foreach (var other in new[] { house.Authority.Issue(), ClientAuthority.SelfSigned(), null })
        {
            using var refused = await house.CallAsync(token, other);
            ProvingClient.IsRefused(refused, "invalid_token");
        }
        using var asDpop = await house.CallAsync(token, certificate, "DPoP");
        ProvingClient.IsRefused(asDpop, "invalid_token");
    }

    [Fact, Rfc(8705, "3")]
    public async Task A_token_that_is_not_bound_works_with_any_certificate_or_none()
    {
        var secretive = await _node.CreateApplicationAsync();
        await _node.SettleAsync();
        var token = await _node.ObtainTokenAsync(secretive);

        foreach (var certificate in new[] { ClientAuthority.SelfSigned(), null })
        {
            using var call = await house.CallAsync(token, certificate);
            Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        }
    }

    [Fact, Rfc(8705, "3.2"), Rfc(7662, "2.2")]
    public async Task Introspection_tells_the_binding_of_a_token_and_of_a_reference()
    {
        var server = await _node.CreateApplicationAsync(name: "Resource server");
        var things = _node.DescribeApi("things", _node.Upstream.Url);
        things.ResourceServers = [server.ClientId];
        await _node.Founder.PublishAsync(things);
        await _node.SettleAsync();
        var certificate = house.Authority.Issue();
        foreach (var format in new[] { AccessTokenFormats.Jwt, AccessTokenFormats.Reference })
        {
            var token = await ObtainBoundAsync(certificate, draft => draft with { AccessTokenFormat = format });
            using var content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["token"] = token, ["client_id"] = server.ClientId, ["client_secret"] = server.ClientSecret,
            });
            using var answer = await _node.Auth.PostAsync("/as/introspect.oauth2", content);
            var facts = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
            Assert.Equal((true, "Bearer"), ((bool)facts["active"]!, (string)facts["token_type"]!));
            Assert.Equal(MutualTlsNode.Thumbprint(certificate), (string?)facts["cnf"]!["x5t#S256"]);
            using var call = await house.CallAsync(token, certificate);
            Assert.Equal(HttpStatusCode.OK, call.StatusCode);
            using var without = await house.CallAsync(token, certificate: null);
            ProvingClient.IsRefused(without, "invalid_token");
        }
    }

    [Fact, Rfc(8705, "3.4")]
    public async Task Who_must_bind_and_shows_no_certificate_is_refused_and_keeps_the_code()
    {
        var flow = await CodeFlow.CreateAsync(_node, isPublic: true, "cora@example.org", draft => draft with { CertificateBoundAccessTokens = true });
        var form = await RedeemFormAsync(flow);
        (await _node.Auth.PostTokenAsync(form)).IsRefused(400, "invalid_request");

        using var client = _node.Connect(_node.MutualAddress!, ClientAuthority.SelfSigned());
        Assert.Equal(200, (await client.PostTokenAsync(form)).Status);
    }

    [Fact, Requirement("8705-09"), Rfc(8705, "4")]
    public async Task A_public_clients_refresh_token_is_bound_to_the_certificate()
    {
        var flow = await CodeFlow.CreateAsync(_node, isPublic: true, "paul@example.org", draft => draft with { CertificateBoundAccessTokens = true });
        using var client = _node.Connect(_node.MutualAddress!, ClientAuthority.SelfSigned());
        using var thief = _node.Connect(_node.MutualAddress!, ClientAuthority.SelfSigned());
        var first = await client.PostTokenAsync(await RedeemFormAsync(flow));
        var form = $"grant_type=refresh_token&refresh_token={first.Body["refresh_token"]}{flow.Authentication}";

        (await thief.PostTokenAsync(form)).IsRefused(400, "invalid_grant");
        (await _node.Auth.PostTokenAsync(form)).IsRefused(400, "invalid_request");
        var refreshed = await client.PostTokenAsync(form);
        Assert.Equal(200, refreshed.Status);
        Assert.NotNull(TokenForge.Read(((string)refreshed.Body["access_token"]!).Split('.')[1])["cnf"]!["x5t#S256"]);
    }

    [Fact, Rfc(8705, "4")]
    public async Task The_refresh_token_of_a_client_that_authenticates_by_it_outlives_the_certificate()
    {
        var flow = await CodeFlow.CreateAsync(_node, email: "rita@example.org", change: draft => Named(draft) with { CertificateBoundAccessTokens = true });
        using var client = _node.Connect(_node.MutualAddress!, house.Authority.Issue());
        var first = await client.PostTokenAsync(await RedeemFormAsync(flow));
        var renewed = house.Authority.Issue();
        using var later = _node.Connect(_node.MutualAddress!, renewed);
        using var thief = _node.Connect(_node.MutualAddress!, ClientAuthority.SelfSigned());
        var form = $"grant_type=refresh_token&refresh_token={first.Body["refresh_token"]}{flow.Authentication}";

        (await thief.PostTokenAsync(form)).IsRefused(401, "invalid_client");
        var refreshed = await later.PostTokenAsync(form);
        Assert.Equal(MutualTlsNode.Thumbprint(renewed), (string?)TokenForge.Read(((string)refreshed.Body["access_token"]!).Split('.')[1])["cnf"]!["x5t#S256"]);
    }

    [Fact, Rfc(8705, "3")]
    public async Task With_another_authentication_the_refresh_token_is_bound_to_the_certificate_too()
    {
        var flow = await CodeFlow.CreateAsync(_node, email: "sven@example.org", change: draft => draft with { CertificateBoundAccessTokens = true });
        using var client = _node.Connect(_node.MutualAddress!, ClientAuthority.SelfSigned());
        using var thief = _node.Connect(_node.MutualAddress!, ClientAuthority.SelfSigned());
        var first = await client.PostTokenAsync(await RedeemFormAsync(flow));
        var form = $"grant_type=refresh_token&refresh_token={first.Body["refresh_token"]}{flow.Authentication}";

        (await thief.PostTokenAsync(form)).IsRefused(400, "invalid_grant");
        Assert.Equal(200, (await client.PostTokenAsync(form)).Status);
    }

    [Fact, Rfc(8705, "3")]
    public async Task Userinfo_wants_the_certificate()
    {
        var flow = await CodeFlow.CreateAsync(_node, email: "uma@example.org", change: draft => Named(draft) with { CertificateBoundAccessTokens = true });
        var certificate = house.Authority.Issue();
        using var client = _node.Connect(_node.MutualAddress!, certificate);
        var token = (string)(await client.PostTokenAsync(await RedeemFormAsync(flow, ("scope", "openid")))).Body["access_token"]!;
        using var thief = _node.Connect(_node.MutualAddress!, house.Authority.Issue());

        Assert.Equal(HttpStatusCode.OK, await UserInfoAsync(client, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(thief, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(_node.Auth, token));
    }

    [Fact, Rfc(9449, "5"), Rfc(7800, "3.1")]
    public async Task A_DPoP_proof_beside_a_certificate_binds_to_the_proofs_key_alone()
    {
        var clientId = await house.CreateAsync(Named);
        using var client = _node.Connect(_node.MutualAddress!, house.Authority.Issue());
        var prover = new ProvingClient(_node);
        var form = $"grant_type=client_credentials&client_id={clientId}";
        var asked = await PostAsync(client, form, prover.Proof("POST", MutualTlsNode.Url + TokenRequests.Endpoint));
        Assert.Equal("use_dpop_nonce", asked.Error);
        prover.Nonce = asked.Headers.GetValues("DPoP-Nonce").Single();

        var answer = await PostAsync(client, form, prover.Proof("POST", MutualTlsNode.Url + TokenRequests.Endpoint));
        Assert.Equal((200, "DPoP"), (answer.Status, (string?)answer.Body["token_type"]));
        Assert.Equal(["jkt"], TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1])["cnf"]!.AsObject().Select(member => member.Key));
        var bound = await CreateBoundAsync();
        (await PostAsync(client, $"grant_type=client_credentials&client_id={bound}", prover.Proof("POST", MutualTlsNode.Url + TokenRequests.Endpoint)))
            .IsRefused(400, "invalid_request");
    }

    [Fact, Rfc(7800, "3.1")]
    public async Task A_token_with_two_keys_or_an_unknown_kind_of_key_is_refused()
    {
        var certificate = house.Authority.Issue();
        var forge = await TokenForge.WithIssuersKeyAsync(_node);
        var token = await ObtainBoundAsync(certificate);
        foreach (var confirmation in new[] { $$"""{"x5t#S256":"{{MutualTlsNode.Thumbprint(certificate)}}","jkt":"AAAA"}""", """{"kid":"a"}""", """{"x5t#S256":1}""", "[]", "{}" })
        {
            using var refused = await house.CallAsync(forge.Change(token, payload: payload => payload["cnf"] = JsonNode.Parse(confirmation)), certificate);
            ProvingClient.IsRefused(refused, "invalid_token");
        }
    }

    [Fact, Rfc(8693, "2.1")]
    public async Task An_exchange_of_ones_own_bound_token_keeps_its_binding()
    {
        var clientId = await house.CreateAsync(draft => Named(draft) with
        {
            CertificateBoundAccessTokens = true, GrantTypes = [GrantType.ClientCredentials, GrantType.TokenExchange],
        });
        var (certificate, other) = (house.Authority.Issue(), house.Authority.Issue());
        var token = (string)(await house.ObtainAsync(clientId, certificate)).Body["access_token"]!;
        var form = $"grant_type={Uri.EscapeDataString(GrantType.TokenExchange)}&client_id={clientId}&subject_token={token}&subject_token_type={Uri.EscapeDataString(TokenTypes.AccessToken)}";
        using var own = _node.Connect(_node.MutualAddress!, certificate);
        using var another = _node.Connect(_node.MutualAddress!, other);

        Assert.Equal(200, (await own.PostTokenAsync(form)).Status);
        (await another.PostTokenAsync(form)).IsRefused(400, "invalid_grant");
    }

    [Fact]
    public async Task The_two_kinds_of_binding_are_not_required_together()
    {
        var draft = new ApplicationDraft("Both") { DpopBoundAccessTokens = true, CertificateBoundAccessTokens = true };
        var outcome = await _node.Get<ApplicationOperations>().CreateAsync(_node.Organization.Id, draft, ownerId: null, Actor.System);

        Assert.Equal("tls_client_certificate_bound_access_tokens", outcome.Field);
    }

    private static ApplicationDraft Named(ApplicationDraft draft) => draft with
    {
        TokenEndpointAuthMethod = TokenEndpointAuthMethods.TlsClientAuth,
        CertificateSubjects = [new CertificateSubject(CertificateSubjectKind.DistinguishedName, ClientAuthority.Subject)],
    };

    private Task<string> CreateBoundAsync(Func<ApplicationDraft, ApplicationDraft>? change = null) => house.CreateAsync(draft =>
    {
        draft = Named(draft) with { CertificateBoundAccessTokens = true };
        return change is null ? draft : change(draft);
    });

    private async Task<string> ObtainBoundAsync(X509Certificate2 certificate, Func<ApplicationDraft, ApplicationDraft>? change = null) =>
        (string)(await house.ObtainAsync(await CreateBoundAsync(change), certificate)).Body["access_token"]!;

    private static async Task<string> RedeemFormAsync(CodeFlow flow, params (string Name, string? Value)[] changes) =>
        $"grant_type=authorization_code&code={await flow.ObtainCodeAsync(changes)}&code_verifier={CodeFlow.Verifier}{flow.Authentication}";

    private static Task<TokenAnswer> PostAsync(HttpClient client, string form, string proof) =>
        client.PostTokenAsync(form, request => request.Headers.TryAddWithoutValidation("DPoP", proof));

    private static async Task<HttpStatusCode> UserInfoAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/idp/userinfo.openid");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
