using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using Gatehouse.Founding;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Portal;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>An application that uses the authorization code flow, and the person who signs in.</summary>
internal sealed class CodeFlow
{
    public const string Endpoint = "/as/authorization.oauth2";
    public const string Callback = "https://app.example.test/callback";
    public const string Loopback = "http://127.0.0.1/back";

    public static readonly string Verifier = new('v', 64);

    public static string Challenge { get; } = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    private readonly TestNode _node;

    private CodeFlow(TestNode node) => (_node, Browser) = (node, new Visitor(node));

    public Visitor Browser { get; private set; }

    public Guid ApplicationId { get; private init; }

    public string ClientId { get; private init; } = string.Empty;

    /// <summary>Empty for a public application.</summary>
    public string Secret { get; private init; } = string.Empty;

    public Guid UserId { get; private init; }

    public Account Account { get; private init; } = null!;

    public static async Task<CodeFlow> CreateAsync(TestNode node, bool isPublic = false, string email = "dana@example.org", Func<ApplicationDraft, ApplicationDraft>? change = null)
    {
        var draft = new ApplicationDraft("Shipper")
        {
            TokenEndpointAuthMethod = isPublic ? TokenEndpointAuthMethods.None : TokenEndpointAuthMethods.ClientSecret,
            GrantTypes = [GrantType.AuthorizationCode, GrantType.RefreshToken], PlanIds = [node.Things.Plans.First().Id],
            RedirectUris = [Callback, Loopback],
        };
        if (change is not null) draft = change(draft);
        var created = await node.Get<ApplicationOperations>().CreateAsync(node.Organization.Id, draft, ownerId: null, Actor.System);
        Assert.True(created.Succeeded, created.Message);
        var (user, account) = await node.Founder.CreateUserAsync(node.Organization, email, "Dana", PortalRole.Developer);
        await node.SettleAsync();
        return new CodeFlow(node)
        {
            ApplicationId = created.Value!.Application.Id, ClientId = created.Value.Application.ClientId,
            Secret = created.Value.FirstSecret?.Secret.Reveal() ?? string.Empty, UserId = user.Id, Account = account,
        };
    }

    /// <summary>The address of a good authorization request with changes: null takes a parameter away.</summary>
    public string Url(params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["response_type"] = "code", ["client_id"] = ClientId, ["redirect_uri"] = Callback, ["state"] = "st&te", ["scope"] = "things:read",
            ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes) parameters[name] = value;
        return Endpoint + "?" + string.Join('&', parameters.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value!)}"));
    }

    /// <summary>Signs in beforehand.</summary>
    public async Task SignInAsync()
    {
        using var answer = await Browser.SignInAsync(Account.Email, Account.Password);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    public void UseAnotherBrowser() => Browser = new Visitor(_node);

    /// <summary>Follows the redirects of this server from one address, until a page or another server.</summary>
    public async Task<(string Url, HttpResponseMessage Answer)> FollowAsync(string url)
    {
        var answer = await Browser.GetAsync(url);
        while (answer.Headers.Location is { IsAbsoluteUri: false } location)
        {
            answer.Dispose();
            answer = await Browser.GetAsync(url = location.OriginalString);
        }
        return (url, answer);
    }

    /// <summary>Goes through the pages to the end and allows.</summary>
    /// <returns>Where the browser is sent.</returns>
    public Task<Uri> AllowAsync(string decision = "allow", params (string Name, string? Value)[] changes) => AllowAtAsync(Url(changes), decision);

    /// <summary>Goes through the pages from one address to the end.</summary>
    public async Task<Uri> AllowAtAsync(string url, string decision = "allow")
    {
        var (page, shown) = await FollowAsync(url);
        if (shown.Headers.Location is { } early) return early;
        if (page.Contains("sign-in", StringComparison.Ordinal))
        {
            var back = HttpUtility.ParseQueryString(page.Split('?', 2)[1])["returnUrl"]!;
            using var signedIn = await Browser.PostAsync(page, ("Email", Account.Email), ("Password", Account.Password), ("ReturnUrl", back));
            Assert.Equal((HttpStatusCode.SeeOther, back), (signedIn.StatusCode, signedIn.Headers.Location?.OriginalString));
            (page, shown) = await FollowAsync(back);
        }
        if (!shown.Headers.Contains("Refresh")) shown = await Browser.PostAsync(page, ("decision", decision));
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        var resume = shown.Headers.GetValues("Refresh").Single().Split("url=")[1];
        return (await FollowAsync(resume)).Answer.Headers.Location!;
    }

    public static string? Parameter(Uri location, string name) => HttpUtility.ParseQueryString(location.Query)[name];

    public async Task<string> ObtainCodeAsync(params (string Name, string? Value)[] changes)
    {
        var location = await AllowAsync("allow", changes);
        return Parameter(location, "code") ?? throw new InvalidOperationException($"No code: {location}");
    }

    public Task<TokenAnswer> RedeemAsync(string code, string? verifier = null, string more = "") =>
        _node.Auth.PostTokenAsync($"grant_type=authorization_code&code={code}&code_verifier={verifier ?? Verifier}{Authentication}{more}");

    public Task<TokenAnswer> RefreshAsync(string refreshToken, string more = "") =>
        _node.Auth.PostTokenAsync($"grant_type=refresh_token&refresh_token={refreshToken}{Authentication}{more}");

    /// <summary>The parameters that authenticate the application in a form.</summary>
    public string Authentication => Secret.Length > 0 ? $"&client_id={ClientId}&client_secret={Secret}" : $"&client_id={ClientId}";
}
