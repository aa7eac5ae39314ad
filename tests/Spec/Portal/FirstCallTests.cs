using System.Net;
using Gatehouse.Composition;
using Gatehouse.Founding;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Portal;

/// <summary>The commands of an application's page do what the application must do, or there is a sentence that says why there is none.</summary>
public sealed class FirstCallTests : IAsyncLifetime
{
    private const string TokenCommand = "id=\"token-command\"";
    private const string CallCommand = "id=\"call-command\"";
    private const string Certificate = "--cert client.pem --key client.key";

    private readonly TestNode _node = new() { ClientCertificates = new CertificateOptions { Url = "https://mtls.example.test" } };
    private Account _account = null!;
    private Guid _application;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        (var user, _account) = await _node.Founder.CreateUserAsync(_node.Organization, "dana@example.org", "Dana", PortalRole.Developer);
        var created = await _node.Get<ApplicationOperations>().CreateAsync(_node.Organization.Id, new ApplicationDraft("Shipper"), user.Id, Actor.System);
        _application = created.Value!.Application.Id;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task An_application_with_a_secret_is_shown_both_commands()
    {
        var (token, call) = await ReadAsync(_ => { });
        Assert.Contains(TokenCommand, token, StringComparison.Ordinal);
        Assert.Contains(CallCommand, call, StringComparison.Ordinal);
        Assert.DoesNotContain("--cert ", token + call, StringComparison.Ordinal);
    }

    [Theory, Rfc(9449, "5")]
    [InlineData("client_secret", true, false)]
    [InlineData("private_key_jwt", false, true)]
    [InlineData("tls_client_auth", true, false)]
    public async Task No_command_can_make_a_proof_anew(string method, bool isDpop, bool isFapi)
    {
        var (token, call) = await ReadAsync(row =>
            (row.TokenEndpointAuthMethod, row.DpopBoundAccessTokens, row.Fapi2SecurityProfile) = (method, isDpop, isFapi));
        Assert.DoesNotContain(TokenCommand, token, StringComparison.Ordinal);
        Assert.DoesNotContain(CallCommand, call, StringComparison.Ordinal);
        Assert.Contains("DPoP", token, StringComparison.Ordinal);
        Assert.Contains("DPoP", call, StringComparison.Ordinal);
    }

    [Theory, Rfc(8705, "3")]
    [InlineData("none", true, false, true)]
    [InlineData("client_secret", true, false, true)]
    [InlineData("client_secret_basic", true, false, true)]
    [InlineData("private_key_jwt", true, false, true)]
    [InlineData("private_key_jwt", true, true, true)]
    [InlineData("tls_client_auth", true, false, true)]
    [InlineData("tls_client_auth", false, true, true)]
    [InlineData("tls_client_auth", false, false, false)]
    public async Task Who_has_bound_tokens_shows_the_certificate_at_both_servers(string method, bool isBound, bool isFapi, bool isShownToApi)
    {
        var (token, call) = await ReadAsync(row =>
        {
            (row.TokenEndpointAuthMethod, row.CertificateBoundAccessTokens, row.Fapi2SecurityProfile) = (method, isBound, isFapi);
            row.GrantTypes = [method == "none" ? GrantType.AuthorizationCode : GrantType.ClientCredentials];
        });
        Assert.Contains($"https://mtls.example.test/as/token.oauth2 {Certificate}", token, StringComparison.Ordinal);
        Assert.Contains(CallCommand, call, StringComparison.Ordinal);
        Assert.Equal(isShownToApi, call.Contains(Certificate, StringComparison.Ordinal));
    }

    [Theory, Rfc(8693, "2.1")]
    [InlineData(false, "https://one.example")]
    [InlineData(true, "https://one.example", "https://two.example")]
    public async Task An_exchange_for_several_APIs_names_one(bool isNamed, params string[] audiences)
    {
        var (token, _) = await ReadAsync(row => (row.GrantTypes, row.TokenExchangeAudiences) = ([GrantType.TokenExchange], [.. audiences]));
        Assert.Equal(isNamed, token.Contains("&audience=THE_AUDIENCE", StringComparison.Ordinal));
        Assert.Equal(isNamed, token.Contains("https://two.example", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData]
    [InlineData(GrantType.RefreshToken)]
    public async Task Without_a_grant_to_begin_with_there_is_no_token_command(params string[] grants)
    {
        var (token, _) = await ReadAsync(row => row.GrantTypes = [.. grants]);
        Assert.DoesNotContain(TokenCommand, token, StringComparison.Ordinal);
        Assert.DoesNotContain("client_credentials", token, StringComparison.Ordinal);
        Assert.Contains("API Support", token, StringComparison.Ordinal);
    }

    private async Task<(string Token, string Call)> ReadAsync(Action<Application> change)
    {
        await using (var db = _node.Database.Open())
        {
            change(await db.Applications.SingleAsync(row => row.Id == _application));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        var visitor = new Visitor(_node);
        using var signedIn = await visitor.SignInAsync(_account.Email, _account.Password);
        using var page = await visitor.GetAsync($"/exchange/portals/org/applications/{_application}");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var parts = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()).Split("<h3>");
        return (parts.Single(part => part.StartsWith("1. ", StringComparison.Ordinal)), parts.Single(part => part.StartsWith("2. ", StringComparison.Ordinal)));
    }
}
