using System.Net;
using Gatehouse.Composition;
using Gatehouse.Founding;
using Gatehouse.Portal;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Portal;

/// <summary>A secret is shown again to somebody who gave the password within the last five minutes, and each time it is written down.</summary>
public sealed class ShowSecretTests : IAsyncLifetime
{
    private readonly TestNode _node = new() { ClientCertificates = new CertificateOptions { Url = "https://mtls.example.test" } };
    private Account _account = null!;
    private Guid _application;
    private Guid _secret;
    private string _text = null!;

    private string Page => $"/exchange/portals/org/applications/{_application}";

    private string Show => $"{Page}/secrets/{_secret}/show";

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        (var user, _account) = await _node.Founder.CreateUserAsync(_node.Organization, "dana@example.org", "Dana", PortalRole.Developer);
        var created = await _node.Get<ApplicationOperations>()
            .CreateAsync(_node.Organization.Id, new ApplicationDraft("Shipper"), user.Id, Actor.System);
        (_application, _secret, _text) = (created.Value!.Application.Id, created.Value.SecretId, created.Value.Secret.Reveal());
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Within_five_minutes_of_signing_in_it_is_shown_at_once_and_once()
    {
        var visitor = await SignedInAsync();
        _node.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));

        using var shown = await visitor.PostFromAsync(Page, Show);
        Assert.Equal((HttpStatusCode.SeeOther, Page), (shown.StatusCode, shown.Headers.Location!.OriginalString));
        Assert.Contains(_text, await ReadAsync(visitor, Page), StringComparison.Ordinal);
        Assert.DoesNotContain(_text, await ReadAsync(visitor, Page), StringComparison.Ordinal);
        Assert.Equal(1, await AuditedAsync());
    }

    [Theory]
    [InlineData("none", GrantType.AuthorizationCode, "grant_type=authorization_code")]
    [InlineData("none", GrantType.DeviceCode, "device_code=THE_DEVICE_CODE")]
    [InlineData("private_key_jwt", GrantType.ClientCredentials, "client_assertion=YOUR_JWT")]
    [InlineData("private_key_jwt", GrantType.TokenExchange, "subject_token=THE_TOKEN")]
    [InlineData("self_signed_tls_client_auth", GrantType.ClientCredentials, "https://mtls.example.test/as/token.oauth2 --cert client.pem")]
    public async Task An_application_without_secrets_is_shown_how_it_proves_itself(string method, string grant, string command)
    {
        await using (var db = _node.Database.Open())
        {
            var row = await db.Applications.SingleAsync(row => row.Id == _application);
            (row.TokenEndpointAuthMethod, row.GrantTypes) = (method, [grant, GrantType.RefreshToken]);
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        var page = await ReadAsync(await SignedInAsync(), Page);
        Assert.DoesNotContain("client_secret=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Add secret", page, StringComparison.Ordinal);
        Assert.Contains(command, page, StringComparison.Ordinal);
        Assert.Equal(grant == GrantType.ClientCredentials, page.Contains("grant_type=client_credentials", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_five_minutes_the_password_is_asked_for_again()
    {
        var visitor = await SignedInAsync();
        _node.Clock.Advance(TimeSpan.FromMinutes(5));

        using var asked = await visitor.PostFromAsync(Page, Show);
        Assert.Equal((HttpStatusCode.SeeOther, Show), (asked.StatusCode, asked.Headers.Location!.OriginalString));
        using var empty = await visitor.PostAsync(Show, ("Asked", "true"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
        Assert.DoesNotContain(_text, await ReadAsync(visitor, Page), StringComparison.Ordinal);
        Assert.Equal(0, await AuditedAsync());

        using var shown = await visitor.PostAsync(Show, ("Asked", "true"), ("Password", _account.Password));
        Assert.Equal((HttpStatusCode.SeeOther, Page), (shown.StatusCode, shown.Headers.Location!.OriginalString));
        Assert.Contains(_text, await ReadAsync(visitor, Page), StringComparison.Ordinal);
        Assert.Equal(1, await AuditedAsync());
    }

    [Fact]
    public async Task What_is_shown_once_is_not_shown_again()
    {
        await _node.Get<OrganizationOperations>().ShowSecretsOnceAsync(_node.Organization.Id, once: true, Actor.System);
        var visitor = await SignedInAsync();

        using var answer = await visitor.PostFromAsync(Page, Show);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(0, await AuditedAsync());
    }

    [Fact]
    public async Task The_keys_of_the_cookies_lie_sealed_in_the_store()
    {
        await SignedInAsync();
        await using var db = _node.Database.Open();
        var rings = await db.DataProtectionKeys.AsNoTracking().Select(row => row.Xml!).ToListAsync();

        Assert.NotEmpty(rings);
        Assert.All(rings, xml =>
        {
            Assert.Contains("<sealed", xml, StringComparison.Ordinal);
            Assert.DoesNotContain("masterKey", xml, StringComparison.Ordinal);
        });
    }

    private async Task<Visitor> SignedInAsync()
    {
        var visitor = new Visitor(_node);
        using var answer = await visitor.SignInAsync(_account.Email, _account.Password);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return visitor;
    }

    private static async Task<string> ReadAsync(Visitor visitor, string path)
    {
        using var page = await visitor.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return await page.Content.ReadAsStringAsync();
    }

    private async Task<int> AuditedAsync()
    {
        await using var db = _node.Database.Open();
        return await db.AuditEvents.CountAsync(row => row.Action == "secret.shown" && row.Subject == _application.ToString());
    }
}
