using System.Buffers.Text;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Composition;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>A node with a listener that asks for client certificates, a gateway that asks too, and an authority.</summary>
public sealed class MutualTlsNode : IAsyncLifetime
{
    public const string Url = "https://mtls.example.test";

    public MutualTlsNode() => Node = new TestNode { ClientCertificates = Listening with { Authorities = [Authority.Certificate] } };

    public TestNode Node { get; }

    internal ClientAuthority Authority { get; } = ClientAuthority.Create();

    internal static CertificateOptions Listening => new() { EndPoint = new IPEndPoint(IPAddress.Loopback, 0), Url = Url, IsAskedAtGateway = true };

    public ValueTask InitializeAsync() => Node.InitializeAsync();

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    /// <summary>An application with all that its method needs.</summary>
    internal async Task<string> CreateAsync(Func<ApplicationDraft, ApplicationDraft> change)
    {
        var draft = change(new ApplicationDraft("Certified") { TokenEndpointAuthMethod = TokenEndpointAuthMethods.TlsClientAuth, PlanIds = [Node.Things.Plans.First().Id] });
        var outcome = await Node.Get<ApplicationOperations>().CreateAsync(Node.Organization.Id, draft, ownerId: null, Actor.System);
        Assert.True(outcome.Succeeded, outcome.Message);
        Assert.Null(outcome.Value!.FirstSecret);
        await Node.SettleAsync();
        return outcome.Value.Application.ClientId;
    }

    internal Task<string> CreateSelfSignedAsync(string jwks, Func<ApplicationDraft, ApplicationDraft>? change = null) => CreateAsync(draft =>
    {
        draft = draft with { TokenEndpointAuthMethod = TokenEndpointAuthMethods.SelfSignedTlsClientAuth, Jwks = jwks };
        return change is null ? draft : change(draft);
    });

    /// <summary>Asks for a token at the listener for client certificates.</summary>
    internal async Task<TokenAnswer> ObtainAsync(string clientId, X509Certificate2? certificate, string more = "")
    {
        using var client = Node.Connect(Node.MutualAddress!, certificate);
        return await client.PostTokenAsync($"grant_type={GrantType.ClientCredentials}&client_id={clientId}{more}");
    }

    internal async Task<TokenAnswer> ObtainAsync(string clientId, SslStreamCertificateContext context)
    {
        using var client = Node.Connect(Node.MutualAddress!, certificate: null, context);
        return await client.PostTokenAsync($"grant_type={GrantType.ClientCredentials}&client_id={clientId}");
    }

    /// <summary>Calls the gateway on a connection of its own.</summary>
    internal async Task<HttpResponseMessage> CallAsync(string token, X509Certificate2? certificate, string scheme = "Bearer")
    {
        using var client = Node.Connect(Node.Gateway.BaseAddress!, certificate);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/things");
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {token}");
        var answer = await client.SendAsync(request);
        await answer.Content.LoadIntoBufferAsync();
        return answer;
    }

    /// <summary>As RFC 8705 §3.1 has it.</summary>
    internal static string Thumbprint(X509Certificate2 certificate) => Base64Url.EncodeToString(SHA256.HashData(certificate.RawData));
}
