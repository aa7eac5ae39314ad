using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Authorization;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.JwtBearer;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Signatures;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.BadInput;

/// <summary>Whatever a parser is given, it answers out of its closed set: it never throws.</summary>
public sealed class ParserTests : IDisposable
{
    private const long Now = 1_800_000_000;

    private static readonly Uri Url = new("https://api.example.test/things");

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Forms() => Sample(Gen.OneOf(
        Inputs.Bytes, Inputs.Text.Select(Encoding.UTF8.GetBytes),
        Inputs.Near("grant_type=client_credentials&resource=a&resource=b&x=%C3%A9+").Select(Encoding.UTF8.GetBytes)), body =>
    {
        var error = FormBody.TryParse(body, out var form, out var culprit);
        Assert.True(Enum.IsDefined(error));
        if (error == FormError.None) Assert.Null(culprit);
        Assert.DoesNotContain('\0', form["x"] ?? string.Empty);
    });

    [Fact]
    public void Basic_credentials() => Sample(Gen.OneOf(
        Inputs.Text.Select(text => "Basic " + text), Inputs.Bytes.Select(bytes => "Basic " + Convert.ToBase64String(bytes)), Inputs.Near("Basic YTpi")),
        header => _ = BasicCredentials.TryParse(header, out _, out _));

    [Fact]
    public void Bearer_headers() => Sample(Gen.OneOf(Inputs.Text, Inputs.Near("Bearer abc.def.ghi"), Inputs.Near("DPoP abc")), header => _ = BearerToken.TryParse(header, out _));

    [Fact]
    public void Signed_texts() => Sample(Gen.OneOf(Inputs.Jwt, Inputs.Near(Signed("JWT"))), text =>
    {
        if (!CompactJws.TryParse(text, out var jws)) return;
        foreach (var member in jws.Header.EnumerateObject()) _ = (jws.HeaderText(member.Name), member.Value.ToString());
        foreach (var member in jws.Payload.EnumerateObject()) _ = (jws.TryPayloadInstant(member.Name, out _), jws.IsAhead(member.Name, Now, 10), jws.IsMeantFor("a"));
    });

    [Fact]
    public void Access_tokens()
    {
        var verifier = new AccessTokenVerifier("https://auth.example.test", TimeProvider.System);
        verifier.SetKeys([Key()]);
        Sample(Gen.OneOf(Inputs.Jwt, Inputs.Near(Signed("at+jwt")), Inputs.Json.Select(payload => SignedText("at+jwt", payload))), text =>
            Assert.True(Enum.IsDefined(verifier.Verify(text, out _))), Inputs.Iterations / 4);
    }

    [Fact]
    public void Proofs() => Sample(Gen.OneOf(Inputs.Jwt, Inputs.Near(Signed("dpop+jwt")), Inputs.Json.Select(payload => SignedText("dpop+jwt", payload))), text =>
        Assert.True(Enum.IsDefined(DpopProof.Verify(text, "GET", Url, "token", Now, SignatureLibrary.Instance, out _))), Inputs.Iterations / 4);

    [Fact]
    public void Key_sets() => Sample(Gen.OneOf(
        Inputs.Json, Inputs.Json.Select(key => $"{{\"keys\":[{key}]}}"), Inputs.Near(AssertingApplication.JwkSet(AssertingApplication.PublicJwk(_key)))), json =>
    {
        if (JwkSet.TryParse(json, SignatureLibrary.Instance, out var set)) Assert.InRange(set.Count, 0, JwkSet.MaxKeys);
    });

    [Fact]
    public void Client_assertions() => Sample(Gen.OneOf(Inputs.Jwt, Inputs.Near(Signed("JWT")), Inputs.Json.Select(payload => SignedText("JWT", payload))), text =>
        Assert.True(Enum.IsDefined(ClientAssertion.Read(text)?.Verify(Keys(), ["ES256"], "https://a/", Now) ?? default)), Inputs.Iterations / 4);

    [Fact]
    public void Grant_assertions() => Sample(Gen.OneOf(Inputs.Jwt, Inputs.Near(Signed("JWT")), Inputs.Json.Select(payload => SignedText("JWT", payload))), text =>
        Assert.True(Enum.IsDefined(GrantAssertion.Read(text)?.Verify(Keys(), ["https://a/"], Now) ?? default)), Inputs.Iterations / 4);

    [Fact]
    public void Request_objects() => Sample(Gen.OneOf(Inputs.Jwt, Inputs.Near(Signed("JWT")), Inputs.Json.Select(payload => SignedText("JWT", payload))), text =>
    {
        if (RequestObject.Read(text) is not { } request) return;
        request.Check(Keys(), ["ES256"], "a", "https://a/", Now);
        request.Parameters();
    }, Inputs.Iterations / 4);

    [Fact]
    public void Redirect_URIs_scopes_and_verifiers() => Sample(Gen.OneOf(
        Inputs.Text, Inputs.Near("http://127.0.0.1:80/back?x=1"), Inputs.Near("https://app.example.test/callback"), Inputs.Near("things:read things:write")), text =>
    {
        _ = (RedirectUri.IsAcceptable(text), RedirectUri.Matches("http://127.0.0.1/back", text), ScopeSet.TryParse(text, out _));
        _ = (Pkce.IsVerifier(text), Pkce.IsChallenge(text), Pkce.Proves(text, text));
    });

    [Fact]
    public void Authorization_details() => Sample(Gen.OneOf(
        Inputs.Json, Inputs.Json.Select(detail => $"[{detail}]"),
        Inputs.Near("""[{"type":"payment","locations":["https://api.example.test/things"],"amount":{"value":1.5,"currency":"CHF"}}]""")), text =>
    {
        var details = AuthorizationDetails.Parse(text, out var fault);
        Assert.Equal(details is null, fault is not null);
        if (details is not null) Assert.Equal(details.Text, AuthorizationDetails.OfText(details.Text).Text);
    });

    [Fact]
    public void Certificates_of_proxies_and_their_names()
    {
        var authority = ClientAuthority.Create();
        using var certificate = authority.Issue("CN=client,O=Example");
        var header = $":{Convert.ToBase64String(certificate.RawData)}:";
        Sample(Gen.OneOf(Inputs.Text, Inputs.Bytes.Select(bytes => $":{Convert.ToBase64String(bytes)}:"), Inputs.Near(header)), text =>
            _ = CertificateHeaders.TryRead([text], [text], out _), Inputs.Iterations / 4);
        Sample(Gen.OneOf(Inputs.Text, Inputs.Near("CN=client\\2C\\, a+UID=#0c0161,O=Example")), text => _ = DistinguishedName.TryParse(text, out _));
        Sample(Gen.OneOf(Inputs.Bytes, Inputs.Near(Encoding.Latin1.GetString(certificate.SubjectName.RawData)).Select(Encoding.Latin1.GetBytes)), der =>
            _ = DistinguishedName.TryRead(der, out _));
    }

    private static void Sample<T>(Gen<T> inputs, Action<T> parse, int iterations = Inputs.Iterations) => inputs.Sample(parse, iter: iterations, threads: 1);

    private string Signed(string type) => SignedText(type,
        $$"""{"iss":"a","sub":"a","aud":"https://a/","client_id":"a","jti":"a","iat":{{Now}},"exp":{{Now + 60}},"htm":"GET","htu":"{{Url}}","ath":"a"}""");

    private string SignedText(string type, string payload)
    {
        var header = new JsonObject { ["alg"] = "ES256", ["typ"] = type, ["kid"] = Key().Thumbprint, ["jwk"] = AssertingApplication.PublicJwk(_key) };
        var input = $"{TokenForge.Encode(header.ToJsonString())}.{TokenForge.Encode(payload)}";
        var signature = _key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{input}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}";
    }

    private PublicJwk Key()
    {
        using var document = JsonDocument.Parse(AssertingApplication.PublicJwk(_key).ToJsonString());
        return PublicJwk.TryParse(document.RootElement, SignatureLibrary.Instance, out var key) ? key : throw new InvalidOperationException("The key is none.");
    }

    private JwkSet Keys() => JwkSet.TryParse(AssertingApplication.JwkSet(AssertingApplication.PublicJwk(_key)), SignatureLibrary.Instance, out var set) ? set : JwkSet.Empty;
}
