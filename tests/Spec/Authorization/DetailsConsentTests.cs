using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.EntityFrameworkCore;
using static Gatehouse.Tests.Spec.Authorization.Payments;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>What a person reads of authorization details, and when they are asked again.</summary>
public sealed class DetailsConsentTests : IAsyncLifetime
{
    private const string Details = "authorization_details";

    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _flow = await CreateFlowAsync(_node, await PublishAsync(_node));
        await _flow.SignInAsync();
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(9396, "1"), Rfc(9396, "12")]
    public async Task The_page_says_in_words_everything_that_is_allowed()
    {
        var page = WebUtility.HtmlDecode(await PageAsync(List(Payment(), Account)));

        foreach (var part in (string[])[Title, "payments", "Amount \u203A Currency", "EUR", "Amount \u203A Value", "12.50", "Paid to", "Ada", "See your accounts", "Actions", "read", "list"])
            Assert.Contains(part, page, StringComparison.Ordinal);
    }

    [Fact, Rfc(9396, "12"), Rfc(9396, "13")]
    public async Task Nothing_in_them_becomes_a_part_of_the_page_and_nothing_hides()
    {
        var page = await PageAsync(List(Payment(creditor: "<script>alert(1)</script>\u202Emoc.live\u200B"),
            """{"type":"account_access","<img src=x onerror=alert(1)>":[{"a\u0000b":[true,null,-1.5,{"deep":""}]}]}"""));

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202E", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        var text = WebUtility.HtmlDecode(page);
        foreach (var part in (string[])["<script>alert(1)</script>[U+202E]moc.live[U+200B]", "<img src=x onerror=alert(1)>", "A[U+0000]b", "yes", "-1.5", "Deep"])
            Assert.Contains(part, text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact, Rfc(9396, "12")]
    public async Task Only_exactly_what_was_allowed_before_is_not_asked_again()
    {
        await _flow.AllowAsync("allow", (Details, List(Payment(), Account)));

        Assert.True(await IsSilentAsync(List(Account, Payment())));
        Assert.True(await IsSilentAsync(null));
        foreach (var other in (string[])[List(Payment()), List(Account), List(Payment("12.51"), Account), List(Payment(), Account, Thing)])
            Assert.False(await IsSilentAsync(other));
        await _flow.AllowAsync("allow", (Details, List(Payment("7.00"))));
        Assert.True(await IsSilentAsync(List(Payment(), Account)));
    }

    [Fact]
    public async Task Only_the_newest_are_remembered()
    {
        for (var cent = 10; cent < 31; cent++) await _flow.AllowAsync("allow", (Details, List(Payment($"1.{cent}"))));

        Assert.False(await IsSilentAsync(List(Payment("1.10"))));
        Assert.True(await IsSilentAsync(List(Payment("1.11"))));
    }

    [Fact]
    public async Task Applications_with_access_shows_them_and_the_audit_only_their_types()
    {
        await _flow.AllowAsync("allow", (Details, List(Payment())));

        using var shown = await _flow.Browser.GetAsync("/exchange/portals/org/access");
        var page = await shown.Content.ReadAsStringAsync();
        foreach (var part in (string[])[Title, "12.50", "Ada"]) Assert.Contains(part, page, StringComparison.Ordinal);
        await using var db = _node.Database.Open();
        Assert.Equal("things:read payment", (await db.AuditEvents.SingleAsync(row => row.Action == "consent.given")).Detail);

        using (await _flow.Browser.PostAsync("/exchange/portals/org/access", ("application", _flow.ApplicationId.ToString())))
        {
        }
        Assert.False(await IsSilentAsync(List(Payment())));
    }

    private async Task<string> PageAsync(string details)
    {
        var (_, shown) = await _flow.FollowAsync(_flow.Url((Details, JsonNode.Parse(details)!.ToJsonString()), ("prompt", "consent")));
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        return await shown.Content.ReadAsStringAsync();
    }

    private async Task<bool> IsSilentAsync(string? details)
    {
        var location = (await _flow.FollowAsync(_flow.Url((Details, details), ("prompt", "none")))).Answer.Headers.Location!;
        return CodeFlow.Parameter(location, "error") is null;
    }
}
