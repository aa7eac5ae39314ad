using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.ClientAuthentication;

/// <summary><c>self_signed_tls_client_auth</c> over real TLS: the application registered its certificate, or the key of it.</summary>
public sealed class SelfSignedCertificateTests(MutualTlsNode house) : IClassFixture<MutualTlsNode>
{
    [Fact, Rfc(8705, "2.2")]
    public async Task The_registered_certificate_authenticates_and_no_other()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = ClientAuthority.SelfSigned(key: key);
        var clientId = await house.CreateSelfSignedAsync(AssertingApplication.JwkSet(Jwk(key, certificate)));

        Assert.Equal(200, (await house.ObtainAsync(clientId, certificate)).Status);
        X509Certificate2?[] others = [ClientAuthority.SelfSigned(), ClientAuthority.SelfSigned(key: key, subject: "CN=same key"), house.Authority.Issue(), null];
        foreach (var other in others) (await house.ObtainAsync(clientId, other)).IsRefused(401, "invalid_client");
    }

    [Fact, Rfc(8705, "2.2")]
    public async Task Where_a_key_is_registered_any_certificate_of_it_authenticates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        var numbers = rsa.ExportParameters(includePrivateParameters: false);
        var rsaJwk = new JsonObject
        {
            ["kty"] = "RSA", ["n"] = System.Buffers.Text.Base64Url.EncodeToString(numbers.Modulus), ["e"] = System.Buffers.Text.Base64Url.EncodeToString(numbers.Exponent),
        };
        var clientId = await house.CreateSelfSignedAsync(AssertingApplication.JwkSet(AssertingApplication.PublicJwk(key), rsaJwk));
        var now = TimeProvider.System.GetUtcNow();
        var byRsa = new CertificateRequest("CN=rsa", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        Assert.Equal(200, (await house.ObtainAsync(clientId, ClientAuthority.SelfSigned("CN=first", key: key))).Status);
        Assert.Equal(200, (await house.ObtainAsync(clientId, ClientAuthority.SelfSigned("CN=renewed", key: key))).Status);
        Assert.Equal(200, (await house.ObtainAsync(clientId, byRsa)).Status);
        (await house.ObtainAsync(clientId, ClientAuthority.SelfSigned("CN=first"))).IsRefused(401, "invalid_client");
    }

    [Fact, Rfc(8705, "2.2")]
    public async Task Nobody_has_to_vouch_for_it_and_its_dates_are_not_looked_at()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var clientId = await house.CreateSelfSignedAsync(AssertingApplication.JwkSet(AssertingApplication.PublicJwk(key)));

        Assert.Equal(200, (await house.ObtainAsync(clientId, ClientAuthority.SelfSigned(daysLeft: -1, key: key))).Status);
    }

    [Fact, Rfc(7517, "4.7")]
    public async Task A_certificate_beside_a_key_that_is_not_its_own_makes_the_key_unusable()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var good = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var foreign = ClientAuthority.SelfSigned();
        var clientId = await house.CreateSelfSignedAsync(AssertingApplication.JwkSet(Jwk(key, foreign), AssertingApplication.PublicJwk(good)));

        (await house.ObtainAsync(clientId, foreign)).IsRefused(401, "invalid_client");
        (await house.ObtainAsync(clientId, ClientAuthority.SelfSigned(key: key))).IsRefused(401, "invalid_client");
        Assert.Equal(200, (await house.ObtainAsync(clientId, ClientAuthority.SelfSigned(key: good))).Status);
    }

    [Fact, Rfc(8705, "2.2")]
    public async Task Published_keys_are_fetched_and_fetched_anew_for_a_certificate_that_is_new()
    {
        await using var publisher = await Publisher.StartAsync();
        await using var node = new TestNode { Outgoing = publisher.Rules, ClientCertificates = MutualTlsNode.Listening };
        await node.InitializeAsync();
        using var first = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var url = publisher.Publish("/keys", AssertingApplication.JwkSet(AssertingApplication.PublicJwk(first)));
        var draft = new Store.Operations.ApplicationDraft("Published")
        {
            TokenEndpointAuthMethod = Store.Model.TokenEndpointAuthMethods.SelfSignedTlsClientAuth, JwksUri = url, PlanIds = [node.Things.Plans.First().Id],
        };
        var created = await node.Get<Store.Operations.ApplicationOperations>().CreateAsync(node.Organization.Id, draft, ownerId: null, Store.Operations.Actor.System);
        await node.SettleAsync();
        var form = $"grant_type=client_credentials&client_id={created.Value!.Application.ClientId}";
        using var old = node.Connect(node.MutualAddress!, ClientAuthority.SelfSigned(key: first));
        using var renewed = node.Connect(node.MutualAddress!, ClientAuthority.SelfSigned(key: second));

        Assert.Equal(200, (await old.PostTokenAsync(form)).Status);
        publisher.Publish("/keys", AssertingApplication.JwkSet(AssertingApplication.PublicJwk(second)));
        (await renewed.PostTokenAsync(form)).IsRefused(401, "invalid_client"); // It has just been asked for.
        node.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(200, (await renewed.PostTokenAsync(form)).Status);
        (await old.PostTokenAsync(form)).IsRefused(401, "invalid_client");
    }

    private static JsonObject Jwk(ECDsa key, X509Certificate2 certificate)
    {
        var jwk = AssertingApplication.PublicJwk(key);
        jwk["x5c"] = new JsonArray(Convert.ToBase64String(certificate.RawData));
        return jwk;
    }
}
