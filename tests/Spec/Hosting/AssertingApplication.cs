using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>An application that authenticates by <c>private_key_jwt</c>, with its key.</summary>
internal sealed class AssertingApplication
{
    private readonly TestNode _node;
    private readonly ECDsa _key;

    private AssertingApplication(TestNode node, ECDsa key, string clientId) => (_node, _key, ClientId) = (node, key, clientId);

    public string ClientId { get; }

    public static async Task<AssertingApplication> CreateAsync(TestNode node)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var draft = new ApplicationDraft("Asserting")
        {
            TokenEndpointAuthMethod = TokenEndpointAuthMethods.PrivateKeyJwt, Jwks = JwkSet(PublicJwk(key)), PlanIds = [node.Things.Plans.First().Id],
        };
        var outcome = await node.Get<ApplicationOperations>().CreateAsync(node.Organization.Id, draft, ownerId: null, Actor.System);
        Assert.True(outcome.Succeeded, outcome.Message);
        Assert.Null(outcome.Value!.FirstSecret);
        await node.SettleAsync();
        return new AssertingApplication(node, key, outcome.Value.Application.ClientId);
    }

    public static JsonObject PublicJwk(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject { ["kty"] = "EC", ["crv"] = $"P-{key.KeySize}", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
    }

    public static string JwkSet(params JsonNode[] keys) => new JsonObject { ["keys"] = new JsonArray(keys) }.ToJsonString();

    /// <summary>A good assertion with changes.</summary>
    public string Assertion(Action<JsonObject>? payload = null, Action<JsonObject>? header = null, ECDsa? key = null)
    {
        var now = _node.Clock.GetUtcNow().ToUnixTimeSeconds();
        var (head, claims) = (new JsonObject { ["alg"] = "ES256", ["typ"] = "JWT" }, new JsonObject
        {
            ["iss"] = ClientId, ["sub"] = ClientId, ["aud"] = TestNode.Issuer, ["iat"] = now, ["exp"] = now + 60, ["jti"] = Guid.NewGuid().ToString(),
        });
        header?.Invoke(head);
        payload?.Invoke(claims);
        return Sign(key ?? _key, head, claims);
    }

    /// <summary>Any JWT by ES256.</summary>
    public static string Sign(ECDsa key, JsonObject header, JsonObject claims)
    {
        var input = $"{TokenForge.Encode(header.ToJsonString())}.{TokenForge.Encode(claims.ToJsonString())}";
        return $"{input}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    /// <summary>The parameters of a token request with an assertion.</summary>
    public static string Form(string assertion, string more = "") =>
        $"grant_type={GrantType.ClientCredentials}&client_assertion_type={Uri.EscapeDataString(ClientAssertion.Type)}&client_assertion={assertion}{more}";
}
