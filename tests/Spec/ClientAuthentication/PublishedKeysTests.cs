using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.ClientAuthentication;

/// <summary>An application publishes the keys of its assertions under a URL (RFC 7591 §2, OpenID Connect Core §10.1).</summary>
public sealed class PublishedKeysTests
{
    [Fact, Rfc(7591, "2"), Rfc(7523, "3")]
    public async Task Its_keys_are_fetched_from_there()
    {
        await using var publisher = await Publisher.StartAsync();
        await using var node = new TestNode { Outgoing = publisher.Rules };
        await node.InitializeAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var url = publisher.Publish("/keys", AssertingApplication.JwkSet(AssertingApplication.PublicJwk(key)));
        var application = await AssertingApplication.CreateAsync(node);
        await ChangeAsync(node, application.ClientId, draft => draft with { Jwks = string.Empty, JwksUri = url });

        var answer = await node.Auth.PostTokenAsync(AssertingApplication.Form(application.Assertion(key: key)));
        Assert.Equal(200, answer.Status);
        (await node.Auth.PostTokenAsync(AssertingApplication.Form(application.Assertion()))).IsRefused(401, "invalid_client");
    }

    [Fact, Requirement("7523-10")]
    public async Task An_address_of_the_own_network_is_not_asked()
    {
        await using var publisher = await Publisher.StartAsync();
        await using var node = new TestNode { Outgoing = publisher.Rules with { AllowPrivateAddresses = false } };
        await node.InitializeAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var url = publisher.Publish("/keys", AssertingApplication.JwkSet(AssertingApplication.PublicJwk(key)));
        var application = await AssertingApplication.CreateAsync(node);
        await ChangeAsync(node, application.ClientId, draft => draft with { Jwks = string.Empty, JwksUri = url });

        var answer = await node.Auth.PostTokenAsync(AssertingApplication.Form(application.Assertion(key: key)));
        answer.IsRefused(401, "invalid_client");
        Assert.Equal(0, publisher.Fetches);
        Assert.Equal("application_keys_away", (await node.FindProblemAsync(answer.TraceId)).Code); // Nobody guessed.
    }

    [Theory, Rfc(5280, "4.2.2.1"), Requirement("7523-10")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_address_in_a_servers_certificate_is_asked(bool trustsOthers)
    {
        await using var named = await Upstream.StartAsync();
        await using var publisher = await Publisher.StartAsync(TestCertificate.CreateNamingIssuerAt(named.Url + "/ca.cer"));
        using var other = TestCertificate.Create();
        await using var node = new TestNode { Outgoing = new() { AllowPrivateAddresses = true, TrustedAuthorities = trustsOthers ? [other] : [] } };
        await node.InitializeAsync();
        var application = await AssertingApplication.CreateAsync(node);
        await ChangeAsync(node, application.ClientId, draft => draft with { Jwks = string.Empty, JwksUri = publisher.Publish("/keys", "{}") });

        (await node.Auth.PostTokenAsync(AssertingApplication.Form(application.Assertion()))).IsRefused(401, "invalid_client");
        Assert.Equal(0, publisher.Fetches);
        Assert.Empty(named.Calls);
    }

    [Theory, Requirement("7523-10")]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    public void What_is_public_is_known(string address, bool isPublic) => Assert.Equal(isPublic, NetworkReach.IsPublic(IPAddress.Parse(address)));

    private static async Task ChangeAsync(TestNode node, string clientId, Func<ApplicationDraft, ApplicationDraft> change)
    {
        var row = await node.FindAsync(clientId);
        var outcome = await node.Get<ApplicationOperations>().ChangeAsync(row.Id, change(ApplicationDraft.Of(row)), Actor.System);
        Assert.True(outcome.Succeeded, outcome.Message);
        await node.SettleAsync();
    }
}
