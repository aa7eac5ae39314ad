using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Authorization;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Signatures;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Vectors;

/// <summary>The examples that the RFCs themselves print. They are few and short, and stand here.</summary>
public sealed class RfcVectorTests(TestNode node) : IClassFixture<TestNode>
{
    [Fact, Rfc(7636, "B"), Requirement("7636-02")]
    public void The_verifier_of_RFC_7636_proves_its_challenge()
    {
        Assert.True(Pkce.Proves("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        Assert.False(Pkce.Proves("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
    }

    [Fact, Rfc(7638, "3.1"), Requirement("JOSE-11")]
    public void The_thumbprint_of_RFC_7638_is_made_of_the_required_members_alone()
    {
        const string modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64t"
            + "Z_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbO"
            + "pbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
            KeyOf(new JsonObject { ["kty"] = "RSA", ["n"] = modulus, ["e"] = "AQAB", ["alg"] = "RS256", ["kid"] = "2011-04-29" }).Thumbprint);
    }

    [Fact, Rfc(9449, "6.1")]
    public void The_thumbprint_and_the_hash_of_RFC_9449_are_ours()
    {
        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", KeyOf(new JsonObject
        {
            ["kty"] = "EC", ["crv"] = "P-256", ["x"] = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", ["y"] = "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        }).Thumbprint);
        Assert.Equal("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo",
            Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"))));
    }

    [Fact, Rfc(7515, "A.3")]
    public void The_signature_of_RFC_7515_verifies_and_no_change_of_it()
    {
        const string input = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        const string signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        var keys = AssertingApplication.JwkSet(new JsonObject
        {
            ["kty"] = "EC", ["crv"] = "P-256", ["x"] = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", ["y"] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        });
        Assert.True(JwkSet.TryParse(keys, SignatureLibrary.Instance, out var set));
        Assert.True(CompactJws.TryParse($"{input}.{signature}", out var jws));
        Assert.True(set.Verifies(jws, ["ES256"]));
        Assert.False(set.Verifies(jws, ["ES384"]));
        Assert.True(CompactJws.TryParse($"{input}.E{signature[1..]}", out var changed));
        Assert.False(set.Verifies(changed, ["ES256"]));
    }

    [Theory, Rfc(7520, "4")]
    [InlineData("4_1.rsa_v15_signature.json", true)]
    [InlineData("4_2.rsa-pss_signature.json", true)]
    [InlineData("4_3.ecdsa_signature.json", true)]
    [InlineData("4_4.hmac-sha2_integrity_protection.json", false)]
    public void The_cookbook_of_RFC_7520_verifies_where_its_algorithm_is_taken(string file, bool isTaken)
    {
        var recipe = VectorFiles.Read("jose-cookbook", "jws", file);
        var parts = recipe.GetProperty("output").GetProperty("compact").GetString()!.Split('.');
        var (jwk, algorithm) = (recipe.GetProperty("input").GetProperty("key"), recipe.GetProperty("input").GetProperty("alg").GetString()!);
        Assert.Equal(isTaken, PublicJwk.TryParse(jwk, SignatureLibrary.Instance, out var key));
        if (isTaken) Assert.True(key!.Verify(algorithm, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2])));
    }

    [Fact, Rfc(8414, "2"), Requirement("8414-02")]
    public async Task The_metadata_has_the_types_of_the_schema()
    {
        var required = (string[])["issuer", "authorization_endpoint", "token_endpoint", "response_types_supported"];
        var document = JsonNode.Parse(await node.Auth.GetStringAsync("/.well-known/oauth-authorization-server"))!.AsObject();
        Assert.All(required, member => Assert.NotNull(document[member]));

        var schema = VectorFiles.Read("rfc8414-schema", "oauth_authorization_server_metadata.json").GetProperty("properties");
        foreach (var (name, value) in document)
            if (schema.TryGetProperty(name, out var rule)) Assert.True(Fits(value!, rule), name);
    }

    private static bool Fits(JsonNode value, JsonElement rule)
    {
        if (!rule.TryGetProperty("type", out var type)) return true;
        var kind = value.GetValueKind();
        return type.GetString() switch
        {
            "string" => kind == JsonValueKind.String && (!rule.TryGetProperty("format", out _) || Uri.IsWellFormedUriString((string)value!, UriKind.Absolute)),
            "array" => kind == JsonValueKind.Array && value.AsArray().Count > 0 && value.AsArray().All(item => Fits(item!, rule.GetProperty("items"))),
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            var other => throw new InvalidDataException($"The schema has a type that this test does not know: {other}."),
        };
    }

    private static PublicJwk KeyOf(JsonObject jwk)
    {
        using var document = JsonDocument.Parse(jwk.ToJsonString());
        Assert.True(PublicJwk.TryParse(document.RootElement, SignatureLibrary.Instance, out var key));
        return key;
    }
}
