using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.CommandLine;
using Gatehouse.Demo;
using Gatehouse.Founding;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary><c>gatehouse apps</c> against a real node, over TLS with a private CA.</summary>
public sealed class AppsCommandTests : IClassFixture<AdminHouse>, IDisposable
{
    private readonly AdminHouse _house;
    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-apps-").FullName;

    public AppsCommandTests(AdminHouse house)
    {
        _house = house;
        var address = _house.Node.Auth.BaseAddress!.AbsoluteUri.TrimEnd('/');
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), _house.Node.CertificatePem);
        File.WriteAllText(Path.Combine(_folder, "demo.json"), JsonSerializer.Serialize(new DemoFile
        {
            CaFile = Path.Combine(_folder, "ca.pem"), Issuer = TestNode.Issuer, TokenEndpoint = address + "/as/token.oauth2",
            AdminUrl = address + "/admin/v1", AdminClient = _house.Operator,
            PortalUrl = "-", ApiUrl = "-", ClientId = "-", ClientSecret = "-", Developer = new Account("-", "-"), Operator = new Account("-", "-"),
        }));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Create_prints_credentials_that_obtain_a_token()
    {
        var (exit, text) = await RunAsync("create", "Acme", "--api", "things:short", "--json");
        Assert.Equal(0, exit);
        var created = JsonNode.Parse(text)!;
        await _house.Node.SettleAsync();
        Assert.NotEmpty(await _house.Node.ObtainTokenAsync(new Credentials((string)created["client_id"]!, (string)created["client_secret"]!)));
    }

    [Fact]
    public async Task Create_without_json_prints_the_secret_on_one_line_with_its_name()
    {
        var (exit, text) = await RunAsync("create", "Acme", "--api", "things:short");
        Assert.Equal(0, exit);
        Assert.Matches(@"(?m)^client_id +[0-9a-f]{32}\s*$", text);
        Assert.Matches(@"(?m)^client_secret +ghs_[A-Za-z0-9_-]{43}\s*$", text);
    }

    [Fact]
    public async Task List_and_show_find_an_application_and_never_its_secret()
    {
        var (clientId, _) = await _house.RegisterAsync("Findable");
        Assert.Contains(clientId, (await RunAsync("list", "--search", "findable")).Text, StringComparison.Ordinal);
        var (exit, text) = await RunAsync("show", clientId);
        Assert.Equal(0, exit);
        Assert.Contains("Findable", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ghs_", text, StringComparison.Ordinal);
        var shown = JsonNode.Parse((await RunAsync("show", clientId, "--json")).Text)!;
        Assert.Equal("valid", (string)shown["secrets"]![0]!["state"]!);
    }

    [Fact]
    public async Task List_without_a_search_goes_through_every_page() => Assert.Equal(
        (await _house.GetAsync("/applications?limit=200")).List("applications").Count,
        JsonNode.Parse((await RunAsync("list", "--json")).Text)!["applications"]!.AsArray().Count);

    [Fact]
    public async Task Add_secret_adds_one_that_expires()
    {
        var (clientId, _) = await _house.RegisterAsync();
        var (exit, text) = await RunAsync("add-secret", clientId, "--label", "next", "--expires", "2199-12-31", "--json");
        Assert.Equal(0, exit);
        Assert.Equal("2199-12-31T00:00:00+00:00", (string)JsonNode.Parse(text)!["expires_at"]!);
        Assert.Equal(1, (await RunAsync("add-secret", clientId)).Exit); // Two are valid already.
    }

    [Fact]
    public async Task Revoke_revokes_tokens_retires_and_takes_one_token()
    {
        var (clientId, _) = await _house.RegisterAsync();
        Assert.Equal(0, (await RunAsync("revoke", clientId)).Exit);
        Assert.True((await _house.Node.FindAsync(clientId)).TokensNotBefore > 0);
        Assert.Equal(0, (await RunAsync("revoke", clientId, "--retire")).Exit);
        Assert.Equal(Store.Model.ApplicationState.Retired, (await _house.Node.FindAsync(clientId)).State);
        Assert.Equal(0, (await RunAsync("revoke", "--jti", "some-token")).Exit);
    }

    [Fact]
    public async Task A_text_from_elsewhere_cannot_command_the_terminal()
    {
        var created = await _house.PostAsync("/applications", new JsonObject { ["client_name"] = "a", ["description"] = "\u001b[2Jgone" });
        Assert.DoesNotContain('\u001b', (await RunAsync("show", (string)created.Body["client_id"]!)).Text);
    }

    [Theory]
    [InlineData("show", "nobody")]
    [InlineData("create", "a", "--api", "nothing")]
    public async Task What_the_API_refuses_ends_with_1(params string[] arguments) => Assert.Equal(1, (await RunAsync(arguments)).Exit);

    [Theory]
    [InlineData("create")]
    [InlineData("revoke")]
    [InlineData("revoke", "a", "--jti", "b")]
    [InlineData("add-secret", "a", "--expires", "soon")]
    public void A_usage_error_is_found_before_anything_is_asked(params string[] arguments) => Assert.NotEmpty(AppsCommand.Create().Parse(arguments).Errors);

    [Fact]
    public async Task A_folder_without_a_demo_ends_with_1() =>
        Assert.Equal(1, await AppsCommand.Create().Parse(["list", "--data", Path.Combine(_folder, "nothing")]).InvokeAsync());

    private async Task<(int Exit, string Text)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var exit = await AppsCommand.Create().Parse([.. arguments, "--data", _folder]).InvokeAsync(new InvocationConfiguration { Output = output });
        return (exit, output.ToString());
    }
}
