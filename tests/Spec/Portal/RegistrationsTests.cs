using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Registration;

namespace Gatehouse.Tests.Spec.Portal;

/// <summary>API Support approves or refuses, on the portal, what registered itself.</summary>
public sealed partial class RegistrationsTests : IAsyncLifetime
{
    private const string Path = "/exchange/portals/org/registrations";

    private const string Rfc7638Modulus =
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4Q"
        + "yQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCu"
        + "r-kEgU8awapJzKnqDKgw";

    private readonly ClientAuthority _authority = ClientAuthority.Create();
    private readonly TestNode _node;

    public RegistrationsTests() => _node = new TestNode
    {
        Registration = RegistrationHouse.Rules(RegistrationMode.Pending), ClientCertificates = MutualTlsNode.Listening with { Authorities = [_authority.Certificate] },
    };

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task An_application_that_waits_is_described_and_works_once_it_is_approved()
    {
        var registered = await RegisterAsync("<b>Newcomer</b>");
        var support = await SignInAsync(PortalRole.Support);

        var page = await ReadAsync(support);
        Assert.Contains("&lt;b&gt;Newcomer&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("https://app.example.test/callback", page, StringComparison.Ordinal);
        Assert.Contains("Waits for approval", page, StringComparison.Ordinal);
        Assert.Equal(ApplicationState.Pending, await StateAsync(registered["client_id"]));

        using var answer = await support.PostAsync(Path, ("application", IdIn(page)), ("revision", RevisionIn(page)), ("decision", "approve"));

        Assert.Equal((HttpStatusCode.SeeOther, Path), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        Assert.Equal(ApplicationState.Active, await StateAsync(registered["client_id"]));
        Assert.Contains("Nothing to decide", await ReadAsync(support), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_refused_is_gone()
    {
        var registered = await RegisterAsync("Newcomer");
        var support = await SignInAsync(PortalRole.Operator);
        var id = IdIn(await ReadAsync(support));

        await RegisterAsync("Another"); // So that there is a form afterwards.
        using var answer = await support.PostAsync(Path, ("application", id), ("decision", "refuse"));
        Assert.Null(await StateAsync(registered["client_id"]));

        using var again = await support.PostAsync(Path, ("application", id), ("revision", "0"), ("decision", "approve"));
        Assert.Equal(HttpStatusCode.SeeOther, again.StatusCode);
        Assert.Contains("decided already", await ReadAsync(support), StringComparison.Ordinal);
    }

    [Fact, Rfc(7592, "2.2")]
    public async Task What_is_approved_is_what_stood_on_the_page()
    {
        var registered = await RegisterAsync("Newcomer");
        var support = await SignInAsync(PortalRole.Support);
        var page = await ReadAsync(support);
        foreach (var part in (string[])["authorization_code", "Authenticates by"]) Assert.Contains(part, page, StringComparison.Ordinal);
        var change = RegistrationHouse.Metadata();
        (change["client_id"], change["client_name"]) = (registered["client_id"], "Your bank");
        Assert.Equal(200, (await _node.SendAsync(HttpMethod.Put, registered.Own(), change.ToJsonString(), registered["registration_access_token"])).Status);

        using var answer = await support.PostAsync(Path, ("application", IdIn(page)), ("revision", RevisionIn(page)), ("decision", "approve"));

        Assert.Equal(ApplicationState.Pending, await StateAsync(registered["client_id"]));
        Assert.Contains("It changed since you looked", await ReadAsync(support), StringComparison.Ordinal);
        using var blind = await support.PostAsync(Path, ("application", IdIn(page)), ("decision", "approve"));
        Assert.Equal(HttpStatusCode.BadRequest, blind.StatusCode);
    }

    [Theory]
    [InlineData("private_key_jwt", "jwks", "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")]
    [InlineData("tls_client_auth", "tls_client_auth_san_dns", "client.newcomer.example")]
    public async Task Who_may_prove_to_be_the_application_stands_on_the_page(string method, string member, string shown)
    {
        var metadata = RegistrationHouse.Metadata(method);
        // RFC 7638 §3.1: the key and its thumbprint.
        metadata[member] = member == "jwks" ? JsonNode.Parse($$"""{"keys":[{"kty":"RSA","n":"{{Rfc7638Modulus}}","e":"AQAB"}]}""") : shown;
        Assert.Equal(201, (await _node.RegisterAsync(metadata)).Status);
        Assert.Contains(shown, await ReadAsync(await SignInAsync(PortalRole.Support)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_person_made_is_neither_shown_nor_deleted()
    {
        var made = await _node.CreateApplicationAsync();
        var application = await _node.FindAsync(made.ClientId);
        await RegisterAsync("Newcomer");
        var support = await SignInAsync(PortalRole.Support);

        Assert.DoesNotContain(application.ClientId, await ReadAsync(support), StringComparison.Ordinal);
        using var answer = await support.PostAsync(Path, ("application", application.Id.ToString()), ("decision", "refuse"));

        Assert.Equal(ApplicationState.Active, await StateAsync(application.ClientId));
    }

    [Fact]
    public async Task For_a_developer_the_page_is_not_there()
    {
        await RegisterAsync("Newcomer");
        var developer = await SignInAsync(PortalRole.Developer);

        using var answer = await developer.GetAsync(Path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var home = await developer.GetAsync("/exchange/portals/org/applications");
        Assert.DoesNotContain(Path, await home.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task<RegistrationAnswer> RegisterAsync(string name)
    {
        var metadata = RegistrationHouse.Metadata();
        metadata["client_name"] = name;
        var registered = await _node.RegisterAsync(metadata);
        Assert.Equal(201, registered.Status);
        return registered;
    }

    private async Task<Visitor> SignInAsync(PortalRole role)
    {
        var (_, account) = await _node.Founder.CreateUserAsync(_node.Organization, $"{role}@example.org", "Sam", role);
        var visitor = new Visitor(_node);
        using var answer = await visitor.SignInAsync(account.Email, account.Password);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return visitor;
    }

    private static async Task<string> ReadAsync(Visitor visitor)
    {
        using var answer = await visitor.GetAsync(Path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task<ApplicationState?> StateAsync(string clientId)
    {
        await using var db = _node.Database.Open();
        return db.Applications.SingleOrDefault(row => row.ClientId == clientId)?.State;
    }

    private static string IdIn(string page) => ApplicationId().Match(page).Groups[1].Value;

    private static string RevisionIn(string page) => Revision().Match(page).Groups[1].Value;

    [GeneratedRegex("name=\"revision\" value=\"([0-9a-f]{64})\"")]
    private static partial Regex Revision();

    [GeneratedRegex("name=\"application\" value=\"([^\"]+)\"")]
    private static partial Regex ApplicationId();
}
