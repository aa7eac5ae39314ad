using System.Net.Http;
using System.Text.Json.Nodes;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Registration;

/// <summary>Types of authorization details that applications ask for when they register themselves (RFC 9396 §10).</summary>
public sealed class DetailsTypeRegistrationTests
{
    private const string Member = "authorization_details_types";

    [Fact, Rfc(9396, "10"), Rfc(7591, "2")]
    public async Task What_the_settings_do_not_allow_is_ignored()
    {
        await using var node = await StartAsync();
        var none = await node.RegisterAsync(Metadata("thing_use", "payment"));
        Assert.Equal(201, none.Status);
        Assert.Null(none.Body[Member]);
    }

    [Fact, Rfc(9396, "10"), Rfc(7592, "2.2")]
    public async Task What_they_allow_is_given_and_an_update_reaches_no_further()
    {
        await using var node = await StartAsync("thing_use");
        var registered = await node.RegisterAsync(Metadata("thing_use", "payment"));
        Assert.Equal("""["thing_use"]""", registered.Body[Member]!.ToJsonString());

        var update = Metadata("payment");
        update["client_id"] = registered["client_id"];
        Assert.Null((await PutAsync(node, registered, update)).Body[Member]);

        // What API Support has given besides, the application may keep.
        var row = await node.FindAsync(registered["client_id"]);
        var draft = ApplicationDraft.Of(row) with { AuthorizationDetailsTypes = ["payment"] };
        Assert.True((await node.Get<ApplicationOperations>().ChangeAsync(row.Id, draft, Actor.System)).Succeeded);
        Assert.Equal("""["payment"]""", (await PutAsync(node, registered, update)).Body[Member]!.ToJsonString());
    }

    private static Task<RegistrationAnswer> PutAsync(TestNode node, RegistrationAnswer registered, JsonObject update) =>
        node.SendAsync(HttpMethod.Put, registered.Own(), update.ToJsonString(), registered["registration_access_token"]);

    private static JsonObject Metadata(params string[] types)
    {
        var metadata = RegistrationHouse.Metadata();
        metadata[Member] = new JsonArray([.. types.Select(type => JsonValue.Create(type))]);
        return metadata;
    }

    private static async Task<TestNode> StartAsync(params string[] types)
    {
        var node = new TestNode { Registration = RegistrationHouse.Rules(RegistrationMode.Open) with { AuthorizationDetailsTypes = types } };
        await node.InitializeAsync();
        return node;
    }
}
