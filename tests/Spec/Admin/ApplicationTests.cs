using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Founding;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>Applications over the Admin API, in the words of RFC 7591.</summary>
public sealed class ApplicationTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Fact, Rfc(7591, "3.2.1")]
    public async Task A_registered_application_obtains_a_token_with_the_credentials_of_the_answer()
    {
        var created = await house.PostAsync("/applications", new JsonObject
        {
            ["client_name"] = "Acme Shipping", ["description"] = "Ships.", ["grant_types"] = new JsonArray("client_credentials"),
            ["redirect_uris"] = new JsonArray("https://acme.example/back"), ["token_endpoint_auth_method"] = "client_secret_post",
            ["scope"] = "things:read", ["apis"] = new JsonArray(new JsonObject { ["api"] = "things", ["plan"] = "short" }), ["logo_uri"] = "ignored",
        });
        Assert.Equal(HttpStatusCode.Created, created.Status);
        var clientId = (string)created.Body["client_id"]!;
        Assert.Equal($"/admin/v1/applications/{clientId}", created.Location);
        Assert.True(created.NoStore);
        Assert.Equal(0, (long)created.Body["client_secret_expires_at"]!);
        Assert.Equal("things:read things:write", (string)created.Body["scope"]!);
        Assert.Equal("approved", (string)created.List("apis")[0]!["state"]!);

        await house.Node.SettleAsync();
        Assert.NotEmpty(await house.Node.ObtainTokenAsync(new Credentials(clientId, (string)created.Body["client_secret"]!), "things:read"));

        var read = await house.GetAsync($"/applications/{clientId}");
        Assert.Equal("Acme Shipping", (string)read.Body["client_name"]!);
        Assert.Equal("client_secret_post", (string)read.Body["token_endpoint_auth_method"]!);
        Assert.Equal("https://acme.example/back", (string)read.List("redirect_uris")[0]!);
        Assert.Null(read.Body["client_secret"]);
        Assert.Null(read.Body["logo_uri"]);
    }

    [Fact]
    public async Task The_rules_of_an_application_are_read_as_they_were_written()
    {
        var rules = new JsonObject
        {
            ["jwks_uri"] = "https://acme.example/keys", ["token_endpoint_auth_method"] = "private_key_jwt", ["fapi2_security_profile"] = true,
            ["token_exchange_subjects"] = new JsonArray("somebody"), ["token_exchange_audiences"] = new JsonArray("https://api.example.test/things"),
            ["access_token_format"] = "reference", ["id_token_signed_response_alg"] = "PS256",
            ["federated_identities"] = new JsonArray(new JsonObject
            {
                ["issuer"] = "https://ci.example", ["jwks_uri"] = "https://ci.example/keys", ["subject"] = "repo:acme/*", ["audience"] = "gatehouse",
                ["claims"] = new JsonObject { ["environment"] = "production" },
            }),
        };
        var request = rules.DeepClone().AsObject();
        request["client_name"] = "Ruled";
        var created = await house.PostAsync("/applications", request);
        Assert.Equal(HttpStatusCode.Created, created.Status);

        var read = await house.GetAsync($"/applications/{created.Body["client_id"]}");
        foreach (var (name, value) in rules) Assert.True(JsonNode.DeepEquals(value, read.Body[name]), name);
    }

    [Fact, Rfc(8705, "2.1.2"), Rfc(8705, "3.4")]
    public async Task The_name_in_a_certificate_is_read_as_it_was_written()
    {
        foreach (var (member, value) in new[]
        {
            ("subject_dn", "CN=a,O=b"), ("san_dns", "a.example"), ("san_uri", "spiffe://a"), ("san_ip", "192.0.2.1"), ("san_email", "a@b.example"),
        })
        {
            var created = await house.PostAsync("/applications", new JsonObject
            {
                ["client_name"] = "Certified", ["token_endpoint_auth_method"] = "tls_client_auth", ["tls_client_auth_" + member] = value,
                ["tls_client_certificate_bound_access_tokens"] = true,
            });
            var read = await house.GetAsync($"/applications/{created.Body["client_id"]}");
            Assert.Equal(value, (string?)read.Body["tls_client_auth_" + member]);
            Assert.Equal(true, (bool?)read.Body["tls_client_certificate_bound_access_tokens"]);
            Assert.Single(read.Body, pair => pair.Key.StartsWith("tls_client_auth_", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Every_write_is_audited_under_the_calling_application()
    {
        var (clientId, _) = await house.RegisterAsync();
        var id = (await house.Node.FindAsync(clientId)).Id.ToString();
        await house.PutAsync($"/applications/{clientId}", new JsonObject { ["client_name"] = "Renamed" });
        await house.PostAsync($"/applications/{clientId}/revoke-tokens");
        await house.DeleteAsync($"/applications/{clientId}");
        string[] actions = ["application.created", "application.changed", "application.tokens_revoked", "application.deleted"];
        Assert.Equal(actions.Select(action => $"client:{house.Operator.ClientId} {action}").Order(), (await house.AuditAsync(id)).Order());
    }

    [Theory]
    [InlineData("""{}""", "client_name")]
    [InlineData("""{"client_name":""}""", "client_name")]
    [InlineData("""{"client_name":7}""", "client_name")]
    [InlineData("""{"client_name":null}""", "client_name")]
    [InlineData("""{"client_name":"a\u0000b"}""", "client_name")]
    [InlineData("""{"client_name":"\ud800"}""", "client_name")]
    [InlineData("""{"client_name":"a","grant_types":["password"]}""", "grant_types")]
    [InlineData("""{"client_name":"a","grant_types":"client_credentials"}""", "grant_types")]
    [InlineData("""{"client_name":"a","redirect_uris":[null]}""", "redirect_uris")]
    [InlineData("""{"client_name":"a","token_exchange_subjects":[null]}""", "token_exchange_subjects")]
    [InlineData("""{"client_name":"a","token_exchange_audiences":[""]}""", "token_exchange_audiences")]
    [InlineData("""{"client_name":"a","federated_identities":[null]}""", "federated_identities")]
    [InlineData("""{"client_name":"a","federated_identities":[{"issuer":"i","jwks_uri":"https://i.example","subject":"s","claims":{"a":null}}]}""", "federated_identities")]
    [InlineData("""{"client_name":"a","federated_identities":[{"issuer":"i","jwks_uri":"http://i.example","subject":"s"}]}""", "federated_identities")]
    [InlineData("""{"client_name":"a","jwks_uri":"http://a.example"}""", "jwks_uri")]
    [InlineData("""{"client_name":"a","access_token_format":"opaque"}""", "access_token_format")]
    [InlineData("""{"client_name":"a","id_token_signed_response_alg":"none"}""", "id_token_signed_response_alg")]
    [InlineData("""{"client_name":"a","fapi2_security_profile":true}""", "fapi2_security_profile")]
    [InlineData("""{"client_name":"a","redirect_uris":["http://acme.example/"]}""", "redirect_uris")]
    [InlineData("""{"client_name":"a","token_endpoint_auth_method":"client_secret_jwt"}""", "token_endpoint_auth_method")]
    [InlineData("""{"client_name":"a","token_endpoint_auth_method":"none"}""", "grant_types")]
    [InlineData("""{"client_name":"a","token_endpoint_auth_method":"tls_client_auth"}""", "tls_client_auth_subject_dn")]
    [InlineData("""{"client_name":"a","token_endpoint_auth_method":"tls_client_auth","tls_client_auth_san_ip":"x"}""", "tls_client_auth_san_ip")]
    [InlineData("""{"client_name":"a","tls_client_auth_san_dns":"a.example"}""", "tls_client_auth_san_dns")]
    [InlineData("""{"client_name":"a","token_endpoint_auth_method":"self_signed_tls_client_auth"}""", "jwks")]
    [InlineData("""{"client_name":"a","dpop_bound_access_tokens":true,"tls_client_certificate_bound_access_tokens":true}""", "tls_client_certificate_bound_access_tokens")]
    [InlineData("""{"client_name":"a","jwks":{"keys":[]}}""", "jwks")]
    [InlineData("""{"client_name":"a","jwks":{"keys":[{"kty":"EC","d":"secret"}]}}""", "jwks")]
    [InlineData("""{"client_name":"a","scope":"things:read"}""", "scope")]
    [InlineData("""{"client_name":"a","apis":[{"api":"nothing"}]}""", "apis")]
    [InlineData("""{"client_name":"a","apis":[{"api":"things"}]}""", "apis")]
    [InlineData("""{"client_name":"a","apis":[{"api":"things","plan":"gold"}]}""", "apis")]
    [InlineData("""{"client_name":"a","apis":[{"api":"things","plan":"short"},{"api":"things","plan":"standard"}]}""", "apis")]
    [Rfc(7591, "2")]
    public async Task Metadata_that_breaks_a_rule_is_refused_by_its_name(string body, string field) =>
        (await house.PostTextAsync("/applications", body)).AssertRefused(422, field);

    [Fact]
    public async Task An_application_whose_contracts_cannot_be_requested_is_not_registered_at_all()
    {
        (await house.PostAsync("/applications", new JsonObject
        {
            ["client_name"] = "Half registered", ["apis"] = new JsonArray(new JsonObject { ["api"] = "things", ["plan"] = "gold" }),
        })).AssertRefused(422, "apis");
        Assert.Empty((await house.GetAsync("/applications?q=half")).List("applications"));
    }

    [Fact, Rfc(7592, "2.2")]
    public async Task A_change_replaces_the_metadata_and_leaves_contracts_and_secrets_alone()
    {
        var (clientId, _) = await house.RegisterAsync();
        var changed = await house.PutAsync($"/applications/{clientId}", new JsonObject
        {
            ["client_name"] = "Renamed", ["jwks"] = JsonNode.Parse("""{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"""),
        });
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal("Renamed", (string)changed.Body["client_name"]!);
        Assert.Equal("EC", (string)changed.Body["jwks"]!["keys"]![0]!["kty"]!);
        Assert.Single(changed.List("apis"));
        Assert.Single((await house.GetAsync($"/applications/{clientId}/secrets")).List("secrets"));
        Assert.Null((await house.PutAsync($"/applications/{clientId}", new JsonObject { ["client_name"] = "Renamed" })).Body["jwks"]);
    }

    [Fact]
    public async Task The_list_finds_by_part_of_the_name_in_any_case_and_by_client_id()
    {
        var (clientId, _) = await house.RegisterAsync("Nordic Parcels");
        Assert.Equal([clientId], Ids(await house.GetAsync("/applications?q=dic%20PAR")));
        Assert.Equal([clientId], Ids(await house.GetAsync($"/applications?q={clientId}")));
        Assert.Empty(Ids(await house.GetAsync("/applications?q=%25")));
    }

    [Fact]
    public async Task Pages_show_every_application_once()
    {
        for (var i = 0; i < 5; i++) await house.RegisterAsync("Paged");
        var seen = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await house.GetAsync("/applications?limit=2&q=paged" + (cursor.Length > 0 ? $"&cursor={cursor}" : ""));
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.InRange(Ids(page).Count, 1, 2);
            seen.AddRange(Ids(page));
            cursor = (string?)page.Body["next_cursor"];
        }
        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, seen.Count);
    }

    [Theory]
    [InlineData("limit=0", 422, "limit")]
    [InlineData("limit=201", 422, "limit")]
    [InlineData("limit=many", 400, null)]
    [InlineData("cursor=nonsense", 422, "cursor")]
    [InlineData("cursor=WyJhIl0", 422, "cursor")]
    [InlineData("q=%00", 422, "q")]
    public async Task A_query_out_of_range_is_refused(string query, int status, string? field) =>
        (await house.GetAsync($"/applications?{query}")).AssertRefused(status, field);

    private static List<string> Ids(AdminAnswer page) => [.. page.List("applications").Select(row => (string)row!["client_id"]!)];
}
