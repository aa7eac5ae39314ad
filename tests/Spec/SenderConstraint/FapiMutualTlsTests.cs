using System.Net;
using System.Security.Cryptography;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.SenderConstraint;

/// <summary>FAPI 2.0 by mutual TLS instead of signed assertions and proofs.</summary>
public sealed class FapiMutualTlsTests(MutualTlsNode house) : IClassFixture<MutualTlsNode>
{
    private readonly TestNode _node = house.Node;

    [Fact, Rfc(8705, "3")]
    public async Task A_certificate_authenticates_and_binds()
    {
        var clientId = await house.CreateAsync(Fapi);
        var certificate = house.Authority.Issue();
        var answer = await house.ObtainAsync(clientId, certificate);

        Assert.Equal(200, answer.Status);
        var token = (string)answer.Body["access_token"]!;
        Assert.Equal(MutualTlsNode.Thumbprint(certificate), (string?)TokenForge.Read(token.Split('.')[1])["cnf"]!["x5t#S256"]);
        using var call = await house.CallAsync(token, certificate);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        using var bearer = await house.CallAsync(token, certificate: null);
        ProvingClient.IsRefused(bearer, "invalid_token");
    }

    [Fact, Rfc(8705, "3")]
    public async Task An_assertion_authenticates_and_a_certificate_binds()
    {
        var application = await AssertingApplication.CreateAsync(_node);
        await ChangeAsync(application.ClientId, draft => draft with { Fapi2SecurityProfile = true });
        using var client = _node.Connect(_node.MutualAddress!, ClientAuthority.SelfSigned());

        (await _node.Auth.PostTokenAsync(AssertingApplication.Form(application.Assertion()))).IsRefused(400, "invalid_dpop_proof");
        var answer = await client.PostTokenAsync(AssertingApplication.Form(application.Assertion()));
        Assert.NotNull(TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1])["cnf"]!["x5t#S256"]);
    }

    [Fact]
    public async Task A_bearer_token_from_before_the_switch_is_refused()
    {
        var clientId = await house.CreateAsync(draft => Fapi(draft) with { Fapi2SecurityProfile = false });
        var certificate = house.Authority.Issue();
        var token = (string)(await house.ObtainAsync(clientId, certificate)).Body["access_token"]!;
        using var before = await house.CallAsync(token, certificate);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await ChangeAsync(clientId, draft => draft with { Fapi2SecurityProfile = true });
        using var after = await house.CallAsync(token, certificate);
        ProvingClient.IsRefused(after, "invalid_token");
    }

    [Fact]
    public async Task The_gateway_takes_no_proof_by_an_algorithm_of_others()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var clientId = await house.CreateAsync(draft => Fapi(draft) with { Fapi2SecurityProfile = false });
        var client = new ProvingClient(_node) { Key = key };
        using var connection = _node.Connect(_node.MutualAddress!, house.Authority.Issue());
        var form = $"grant_type=client_credentials&client_id={clientId}";
        client.Nonce = (await PostAsync(connection, form, client)).Headers.GetValues("DPoP-Nonce").Single();
        var token = (string)(await PostAsync(connection, form, client)).Body["access_token"]!;
        using var before = await client.CallAsync(token, client.CallProof(token));
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await ChangeAsync(clientId, draft => draft with { Fapi2SecurityProfile = true });
        using var after = await client.CallAsync(token, client.CallProof(token));
        ProvingClient.IsRefused(after, "invalid_dpop_proof");
    }

    private static ApplicationDraft Fapi(ApplicationDraft draft) => draft with
    {
        Fapi2SecurityProfile = true, TokenEndpointAuthMethod = TokenEndpointAuthMethods.TlsClientAuth, GrantTypes = [GrantType.ClientCredentials],
        CertificateSubjects = [new CertificateSubject(CertificateSubjectKind.DistinguishedName, ClientAuthority.Subject)],
    };

    private static Task<TokenAnswer> PostAsync(HttpClient connection, string form, ProvingClient client) => connection.PostTokenAsync(
        form, request => request.Headers.TryAddWithoutValidation("DPoP", client.Proof("POST", TestNode.Issuer + TokenRequests.Endpoint)));

    private async Task ChangeAsync(string clientId, Func<ApplicationDraft, ApplicationDraft> change)
    {
        var row = await _node.FindAsync(clientId);
        var outcome = await _node.Get<ApplicationOperations>().ChangeAsync(row.Id, change(ApplicationDraft.Of(row)), Actor.System);
        Assert.True(outcome.Succeeded, outcome.Message);
        await _node.SettleAsync();
    }
}
