using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Composition;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.SenderConstraint;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.ClientAuthentication;

/// <summary>The client certificate as a proxy hands it on that ended the client's TLS connection.</summary>
public sealed class ProxyCertificateTests
{
    private static readonly ClientAuthority Authority = ClientAuthority.Create();

    [Fact, Rfc(9440, "2.2"), Rfc(9440, "2.4")]
    public async Task A_trusted_proxys_header_authenticates_and_binds()
    {
        await using var node = await StartAsync("127.0.0.0/8");
        var (clientId, certificate) = (await CreateAsync(node), Authority.Issue());
        var answer = await ObtainAsync(node, clientId, Field(certificate));
        Assert.Equal(200, answer.Status);
        var token = (string)answer.Body["access_token"]!;

        Assert.Equal(MutualTlsNode.Thumbprint(certificate), (string?)TokenForge.Read(token.Split('.')[1])["cnf"]!["x5t#S256"]);
        using var call = await CallAsync(node, token, Field(certificate));
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        using var other = await CallAsync(node, token, Field(Authority.Issue()));
        ProvingClient.IsRefused(other, "invalid_token");
        using var none = await CallAsync(node, token, field: null);
        ProvingClient.IsRefused(none, "invalid_token");
    }

    [Fact, Rfc(9440, "2.3")]
    public async Task The_chain_is_taken_from_its_header()
    {
        await using var node = await StartAsync("127.0.0.1");
        var clientId = await CreateAsync(node);
        var below = Authority.Below();
        var certificate = below.Issue();

        (await ObtainAsync(node, clientId, Field(certificate))).IsRefused(401, "invalid_client");
        Assert.Equal(200, (await ObtainAsync(node, clientId, Field(certificate), Field(below.Certificate))).Status);
        Assert.Equal(200, (await ObtainAsync(node, clientId, Field(certificate), $"{Field(Authority.Certificate)}, \t{Field(below.Certificate)}")).Status);
    }

    [Fact, Rfc(9440, "4"), Rfc(9700, "4.13")]
    public async Task Nobody_elses_header_counts_and_none_reaches_the_upstream()
    {
        await using var node = await StartAsync("192.0.2.0/24");
        var (clientId, certificate) = (await CreateAsync(node), Authority.Issue());
        string[] names = ["Client-Cert", "X-Client-Cert", "X-SSL-Client-Cert", "X-Forwarded-Client-Cert", "Client_Cert", "SSL-Client-Cert"];
        var forged = await node.Auth.PostTokenAsync(Form(clientId), request =>
        {
            foreach (var name in names) request.Headers.TryAddWithoutValidation(name, Field(certificate));
        });
        forged.IsRefused(401, "invalid_client");

        var secretive = await node.CreateApplicationAsync();
        await node.SettleAsync();
        using var call = await node.CallAsync("/things", await node.ObtainTokenAsync(secretive), change: request =>
        {
            foreach (var name in names.Append("Client-Cert-Chain")) request.Headers.TryAddWithoutValidation(name, Field(certificate));
        });
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        Assert.True(node.Upstream.Calls.TryDequeue(out var received));
        Assert.DoesNotContain(received.Headers.Keys, name => name.Contains("cert", StringComparison.OrdinalIgnoreCase));
    }

    [Fact, Rfc(9440, "4"), Rfc(8705, "5")]
    public async Task A_proxy_that_is_trusted_with_addresses_is_not_trusted_with_certificates()
    {
        await using var node = new TestNode { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")], ClientCertificates = new CertificateOptions { Authorities = [Authority.Certificate] } };
        await node.InitializeAsync();
        (await ObtainAsync(node, await CreateAsync(node), Field(Authority.Issue()))).IsRefused(401, "invalid_client");
        Assert.DoesNotContain("tls_client", await node.Auth.GetStringAsync(new Uri("/.well-known/oauth-authorization-server", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact, Rfc(9440, "4")]
    public async Task What_the_proxy_shows_of_itself_is_not_the_clients()
    {
        await using var node = await StartAsync("127.0.0.1", MutualTlsNode.Listening);
        var (clientId, certificate) = (await CreateAsync(node), Authority.Issue());
        using var proxy = node.Connect(node.MutualAddress!, certificate);

        (await proxy.PostTokenAsync(Form(clientId))).IsRefused(401, "invalid_client");
        Assert.Equal(200, (await proxy.PostTokenAsync(Form(clientId), request => request.Headers.TryAddWithoutValidation("Client-Cert", Field(Authority.Issue())))).Status);
    }

    [Fact, Rfc(9440, "2.1")]
    public async Task A_malformed_header_is_refused()
    {
        await using var node = await StartAsync("127.0.0.1");
        var (clientId, certificate) = (await CreateAsync(node), Authority.Issue());
        var base64 = Convert.ToBase64String(certificate.RawData);
        string[] fields =
        [
            base64, $":{base64}", $"\"{base64}\"", $":{base64[..40]} {base64[40..]}:", $":{base64}:;a=1", $"::", ":AAAA:", $":{base64.TrimEnd('=')}AAAA:",
            $":{Convert.ToBase64String([.. certificate.RawData, 0])}:", $":{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()))}:",
            $"{Field(certificate)}, {Field(certificate)}", Uri.EscapeDataString(certificate.ExportCertificatePem()),
        ];
        foreach (var field in fields) Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(node, clientId, [field], []));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(node, clientId, [Field(certificate), Field(certificate)], []));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(node, clientId, [], [Field(certificate)]));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(node, clientId, [Field(certificate)], [$"{Field(certificate)},,"]));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(node, clientId, [Field(certificate)], [string.Join(',', Enumerable.Repeat(Field(certificate), 11))]));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(node, clientId, [Field(certificate)], []));
    }

    private static async Task<TestNode> StartAsync(string proxy, CertificateOptions? options = null)
    {
        var network = proxy.Contains('/', StringComparison.Ordinal) ? IPNetwork.Parse(proxy) : new IPNetwork(IPAddress.Parse(proxy), 32);
        var node = new TestNode { ClientCertificates = (options ?? new CertificateOptions()) with { Authorities = [Authority.Certificate], Proxies = [network] } };
        await node.InitializeAsync();
        return node;
    }

    private static async Task<string> CreateAsync(TestNode node)
    {
        var draft = new ApplicationDraft("Certified")
        {
            TokenEndpointAuthMethod = TokenEndpointAuthMethods.TlsClientAuth, PlanIds = [node.Things.Plans.First().Id], CertificateBoundAccessTokens = true,
            CertificateSubjects = [new CertificateSubject(CertificateSubjectKind.DistinguishedName, ClientAuthority.Subject)],
        };
        var outcome = await node.Get<ApplicationOperations>().CreateAsync(node.Organization.Id, draft, ownerId: null, Actor.System);
        await node.SettleAsync();
        return outcome.Value!.Application.ClientId;
    }

    private static string Form(string clientId) => $"grant_type={GrantType.ClientCredentials}&client_id={clientId}";

    private static string Field(X509Certificate2 certificate) => $":{Convert.ToBase64String(certificate.RawData)}:";

    private static Task<TokenAnswer> ObtainAsync(TestNode node, string clientId, string certificate, string? chain = null) =>
        node.Auth.PostTokenAsync(Form(clientId), request =>
        {
            request.Headers.TryAddWithoutValidation("Client-Cert", certificate);
            if (chain is not null) request.Headers.TryAddWithoutValidation("Client-Cert-Chain", chain);
        });

    private static Task<HttpResponseMessage> CallAsync(TestNode node, string token, string? field) => node.CallAsync("/things", token, change: request =>
    {
        if (field is not null) request.Headers.TryAddWithoutValidation("Client-Cert", field);
    });

    private static async Task<HttpStatusCode> StatusAsync(TestNode node, string clientId, string[] certificate, string[] chain)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, TokenRequests.Endpoint)
        {
            Content = new StringContent(Form(clientId), new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")),
        };
        foreach (var field in certificate) request.Headers.TryAddWithoutValidation("Client-Cert", field);
        foreach (var field in chain) request.Headers.TryAddWithoutValidation("Client-Cert-Chain", field);
        using var answer = await node.Auth.SendAsync(request);
        return answer.StatusCode;
    }
}
