using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.ClientAuthentication;

/// <summary><c>tls_client_auth</c> over real TLS: an authority vouches for the certificate, and the certificate names the application.</summary>
public sealed class TlsClientAuthTests(MutualTlsNode house) : IClassFixture<MutualTlsNode>
{
    [Fact, Rfc(8705, "2.1"), Rfc(8705, "2")]
    public async Task The_certificate_with_the_registered_subject_authenticates()
    {
        var clientId = await CreateAsync(CertificateSubjectKind.DistinguishedName, ClientAuthority.Subject);
        var answer = await house.ObtainAsync(clientId, house.Authority.Issue());

        Assert.Equal((200, "Bearer"), (answer.Status, (string?)answer.Body["token_type"]));
        Assert.Null(TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1])["cnf"]); // It did not ask for bound tokens.
    }

    public static TheoryData<string, string> Names => new()
    {
        { "DnsName", "client.example" }, { "Uri", "spiffe://example/client" }, { "IpAddress", "192.0.2.7" }, { "IpAddress", "2001:db8::7" }, { "Email", "client@example.org" },
    };

    [Theory, Requirement("8705-03"), Rfc(8705, "2.1.2"), MemberData(nameof(Names))]
    public async Task So_does_one_with_the_registered_alternative_name_and_no_other(string kind, string value)
    {
        var clientId = await CreateAsync(Enum.Parse<CertificateSubjectKind>(kind), value);

        Assert.Equal(200, (await house.ObtainAsync(clientId, house.Authority.Issue(names: AllOf("client", "7")))).Status);
        (await house.ObtainAsync(clientId, house.Authority.Issue(names: AllOf("other", "8")))).IsRefused(401, "invalid_client");
        (await house.ObtainAsync(clientId, house.Authority.Issue($"CN={value}"))).IsRefused(401, "invalid_client");
        (await house.ObtainAsync(clientId, house.Authority.Issue(names: names => names.AddDnsName("*.example")))).IsRefused(401, "invalid_client");
    }

    [Theory, Requirement("8705-02"), Rfc(8705, "2.1")]
    [InlineData("CN=other,O=Example,C=CH")]
    [InlineData("C=CH,O=Example,CN=client")]
    [InlineData("O=Example,CN=client,C=CH")]
    [InlineData("CN=client,O=Example")]
    [InlineData("CN=client,OU=Ships,O=Example,C=CH")]
    [InlineData("CN=Client,O=Example,C=CH")]
    [InlineData("CN=\"client,O=Example\",C=CH")]
    public async Task Another_subject_is_somebody_else(string subject)
    {
        var clientId = await CreateAsync(CertificateSubjectKind.DistinguishedName, ClientAuthority.Subject);

        (await house.ObtainAsync(clientId, house.Authority.Issue(subject))).IsRefused(401, "invalid_client");
    }

    [Fact, Requirement("8705-02"), Rfc(8705, "2.1")]
    public async Task The_right_name_alone_is_not_enough()
    {
        var clientId = await CreateAsync(CertificateSubjectKind.DistinguishedName, ClientAuthority.Subject);
        X509Certificate2?[] bad =
        [
            ClientAuthority.Create().Issue(), ClientAuthority.SelfSigned(), house.Authority.Issue(daysLeft: -1),
            house.Authority.Issue(usage: "1.3.6.1.5.5.7.3.1"), null,
        ];
        foreach (var certificate in bad) (await house.ObtainAsync(clientId, certificate)).IsRefused(401, "invalid_client");
    }

    [Fact, Rfc(8705, "2.1")]
    public async Task An_intermediate_authority_may_be_sent_along()
    {
        var clientId = await CreateAsync(CertificateSubjectKind.DistinguishedName, ClientAuthority.Subject);
        var below = house.Authority.Below();
        var certificate = below.Issue();

        Assert.Equal(200, (await house.ObtainAsync(clientId, below.WithChain(certificate))).Status);
        Assert.Equal(200, (await house.ObtainAsync(clientId, below.WithChain(certificate))).Status); // On a second connection too.
        (await house.ObtainAsync(clientId, certificate)).IsRefused(401, "invalid_client");
    }

    [Fact, Requirement("8705-02"), Rfc(8705, "2.1")]
    public async Task It_counts_for_its_own_application_alone()
    {
        var clientId = await CreateAsync(CertificateSubjectKind.DistinguishedName, "CN=somebody else");
        var secretive = await house.Node.CreateApplicationAsync();
        await house.Node.SettleAsync();
        var certificate = house.Authority.Issue();

        (await house.ObtainAsync(clientId, certificate)).IsRefused(401, "invalid_client");
        (await house.ObtainAsync(secretive.ClientId, certificate)).IsRefused(401, "invalid_client");
        (await house.ObtainAsync("nobody", certificate)).IsRefused(401, "invalid_client");
        (await house.ObtainAsync(clientId, house.Authority.Issue("CN=somebody else"), "&client_secret=guessed")).IsRefused(401, "invalid_client");
    }

    [Fact, Rfc(8705, "2")]
    public async Task Without_a_certificate_the_listener_works_like_the_ordinary_one()
    {
        var secretive = await house.Node.CreateApplicationAsync();
        await house.Node.SettleAsync();

        Assert.Equal(200, (await house.ObtainAsync(secretive.ClientId, certificate: null, $"&client_secret={secretive.ClientSecret}")).Status);
        Assert.Equal(200, (await house.ObtainAsync(secretive.ClientId, ClientAuthority.SelfSigned(), $"&client_secret={secretive.ClientSecret}")).Status);
    }

    [Fact, Rfc(8705, "2")]
    public async Task The_ordinary_listener_asks_for_none()
    {
        var clientId = await CreateAsync(CertificateSubjectKind.DistinguishedName, ClientAuthority.Subject);
        using var client = house.Node.Connect(house.Node.Auth.BaseAddress!, house.Authority.Issue());

        (await client.PostTokenAsync($"grant_type=client_credentials&client_id={clientId}")).IsRefused(401, "invalid_client");
    }

    [Fact, Rfc(8705, "2.1")]
    public async Task Without_authorities_nobody_is_vouched_for()
    {
        await using var node = new TestNode { ClientCertificates = MutualTlsNode.Listening };
        await node.InitializeAsync();
        var draft = Draft(CertificateSubjectKind.DistinguishedName, ClientAuthority.Subject) with { PlanIds = [node.Things.Plans.First().Id] };
        var created = await node.Get<ApplicationOperations>().CreateAsync(node.Organization.Id, draft, ownerId: null, Actor.System);
        await node.SettleAsync();
        using var client = node.Connect(node.MutualAddress!, house.Authority.Issue());
        (await client.PostTokenAsync($"grant_type=client_credentials&client_id={created.Value!.Application.ClientId}")).IsRefused(401, "invalid_client");

        var document = await node.Auth.GetFromJsonAsync<JsonObject>("/.well-known/oauth-authorization-server");
        var methods = document!["token_endpoint_auth_methods_supported"]!.AsArray().Select(method => (string)method!).ToList();
        Assert.Contains("self_signed_tls_client_auth", methods);
        Assert.DoesNotContain("tls_client_auth", methods);
    }

    [Fact, Requirement("8705-03"), Rfc(8705, "2.1.2")]
    public async Task Exactly_one_name_is_registered_and_only_for_this_method()
    {
        var one = Draft(CertificateSubjectKind.DnsName, "client.example");
        var two = one with { CertificateSubjects = [.. one.CertificateSubjects, new CertificateSubject(CertificateSubjectKind.Email, "a@b.example")] };
        var forSecret = one with { TokenEndpointAuthMethod = TokenEndpointAuthMethods.ClientSecret };

        Assert.Equal("tls_client_auth_subject_dn", (await TryAsync(two)).Field);
        Assert.Equal("tls_client_auth_subject_dn", (await TryAsync(one with { CertificateSubjects = [] })).Field);
        Assert.Equal("tls_client_auth_san_dns", (await TryAsync(forSecret)).Field);
        Assert.Equal("tls_client_auth_san_dns", (await TryAsync(Draft(CertificateSubjectKind.DnsName, "*.example"))).Field);
        Assert.Equal("tls_client_auth_san_ip", (await TryAsync(Draft(CertificateSubjectKind.IpAddress, "client.example"))).Field);
        Assert.Equal("tls_client_auth_subject_dn", (await TryAsync(Draft(CertificateSubjectKind.DistinguishedName, "client"))).Field);
        Assert.True((await TryAsync(one)).Succeeded);
    }

    private static Action<SubjectAlternativeNameBuilder> AllOf(string name, string number) => names =>
    {
        names.AddDnsName($"{name}.example");
        names.AddUri(new Uri($"spiffe://example/{name}"));
        names.AddIpAddress(IPAddress.Parse($"192.0.2.{number}"));
        names.AddIpAddress(IPAddress.Parse($"2001:db8::{number}"));
        names.AddEmailAddress($"{name}@example.org");
    };

    private static ApplicationDraft Draft(CertificateSubjectKind kind, string value) => new("Certified")
    {
        TokenEndpointAuthMethod = TokenEndpointAuthMethods.TlsClientAuth, CertificateSubjects = [new CertificateSubject(kind, value)],
    };

    private Task<string> CreateAsync(CertificateSubjectKind kind, string value) =>
        house.CreateAsync(draft => draft with { CertificateSubjects = [new CertificateSubject(kind, value)] });

    private Task<Outcome<CreatedApplication>> TryAsync(ApplicationDraft draft) =>
        house.Node.Get<ApplicationOperations>().CreateAsync(house.Node.Organization.Id, draft, ownerId: null, Actor.System);
}
