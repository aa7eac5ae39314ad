using Gatehouse.Store.Operations;

namespace Gatehouse.Tests.Store.Operations;

public sealed class ApplicationRulesTests
{
    public static TheoryData<ApplicationDraft, string> BadDrafts => new()
    {
        { new ApplicationDraft(" "), "client_name" },
        { new ApplicationDraft(new string('a', 129)), "client_name" },
        { new ApplicationDraft("nul\0"), "client_name" },
        { new ApplicationDraft("a") { Description = new string('a', 1001) }, "description" },
        { new ApplicationDraft("a") { Description = "nul\0" }, "description" },
        { new ApplicationDraft("a") { GrantTypes = ["password"] }, "grant_types" },
        { new ApplicationDraft("a") { TokenEndpointAuthMethod = "client_secret_jwt" }, "token_endpoint_auth_method" },
        { new ApplicationDraft("a") { TokenEndpointAuthMethod = "none" }, "grant_types" },
        { new ApplicationDraft("a") { TokenEndpointAuthMethod = "private_key_jwt" }, "jwks" },
        { new ApplicationDraft("a") { GrantTypes = ["authorization_code"] }, "redirect_uris" },
        { new ApplicationDraft("a") { RedirectUris = ["http://example.com/"] }, "redirect_uris" },
        { new ApplicationDraft("a") { RedirectUris = ["https://example.com/#fragment"] }, "redirect_uris" },
        { new ApplicationDraft("a") { RedirectUris = ["https://example.com/\0"] }, "redirect_uris" },
        { new ApplicationDraft("a") { RedirectUris = ["https://*.example.com/"] }, "redirect_uris" },
        { new ApplicationDraft("a") { Jwks = "nul\0" }, "jwks" },
        { new ApplicationDraft("a") { Jwks = new string('a', 16 * 1024 + 1) }, "jwks" },
    };

    [Theory]
    [MemberData(nameof(BadDrafts), DisableDiscoveryEnumeration = true)]
    public void A_draft_that_breaks_a_rule_is_refused_by_field(ApplicationDraft draft, string field) =>
        Assert.Equal(field, ApplicationRules.Check(draft)?.Field);
}
