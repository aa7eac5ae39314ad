using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Operations;

public sealed class DetailsTypesOnSqlite() : DetailsTypeTests(StoreProvider.Sqlite);

public sealed class DetailsTypesOnPostgres() : DetailsTypeTests(StoreProvider.PostgreSql);

/// <summary>Types of authorization details with their API, and details that users allowed.</summary>
public abstract class DetailsTypeTests(StoreProvider provider) : StoreTests(provider)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Types_are_published_replaced_and_withdrawn_with_their_API()
    {
        var api = TestStore.Succeed(await PublishAsync("bank", "payment", "account"));
        TestStore.Succeed(await PublishAsync("bank", "account", "other"));
        Assert.Equal(["account", "other"], await TypesAsync());

        Assert.Equal(Refusal.Conflict, (await PublishAsync("rival", "account")).Refusal);
        Assert.Equal(Refusal.Invalid, (await PublishAsync("rival", ["free"], """{"requird":[]}""")).Refusal);
        TestStore.Succeed(await Store.Apis.WithdrawAsync(api.Id, Actor.System, Cancellation));
        Assert.Empty(await TypesAsync());
        TestStore.Succeed(await PublishAsync("rival", "account"));
    }

    [Fact]
    public async Task An_application_keeps_its_types()
    {
        var created = await Store.CreateApplicationAsync();
        var draft = ApplicationDraft.Of(created.Application);
        Assert.Empty(draft.AuthorizationDetailsTypes);
        TestStore.Succeed(await Store.Applications.ChangeAsync(created.Application.Id, draft with { AuthorizationDetailsTypes = ["payment"] }, Actor.System, Cancellation));

        var row = await Store.ReadAsync(db => db.Applications.SingleAsync(application => application.Id == created.Application.Id));
        Assert.Equal(["payment"], row.AuthorizationDetailsTypes);
        Assert.Equal(Refusal.Invalid,
            (await Store.Applications.ChangeAsync(row.Id, draft with { AuthorizationDetailsTypes = [new string('a', 129)] }, Actor.System, Cancellation)).Refusal);
    }

    [Fact]
    public async Task A_consent_covers_exactly_the_details_that_were_allowed_together()
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        var user = TestStore.Succeed(await new UserOperations(Store.Database, Store.Clock).CreateAsync(
            Store.Organization.Id, "dana@example.org", "Dana", PortalRole.Developer, UserOperations.GeneratePassword(), Actor.System));
        var consents = new ConsentRegister(Store.Database, Store.Clock);
        Task<bool> CoversAsync(string details) => consents.CoversAsync(application.Id, user.Id, ScopeSet.Empty, AuthorizationDetails.OfText(details), Cancellation);
        Assert.False(await CoversAsync(string.Empty));

        foreach (var details in (string[])["""[{"type":"a","x":"ö\n"},{"type":"b"}]""", """[{"type":"c"}]""", """[{"type":"c"}]"""])
            TestStore.Succeed(await consents.RememberAsync(
                Store.Organization.Id, application.Id, user.Id, ScopeSet.Empty, AuthorizationDetails.OfText(details), Actor.System, Cancellation));

        Assert.True(await CoversAsync(string.Empty));
        Assert.True(await CoversAsync("""[{"type":"b"},{"x":"ö\n","type":"a"}]"""));
        Assert.True(await CoversAsync("""[{"type":"c"}]"""));
        Assert.False(await CoversAsync("""[{"type":"b"}]"""));
        Assert.False(await CoversAsync("""[{"type":"a","x":"ö"},{"type":"b"}]"""));
        var row = await Store.ReadAsync(db => db.Consents.SingleAsync(consent => consent.UserId == user.Id));
        Assert.Equal([1, 2], ConsentRegister.DetailsOf(row).Select(details => details.Count));
    }

    private Task<IReadOnlyList<string>> TypesAsync() => Store.ReadAsync<IReadOnlyList<string>>(async db =>
        await db.Set<ApiDetailsType>().OrderBy(row => row.Type).Select(row => row.Type).ToListAsync());

    private Task<Outcome<Api>> PublishAsync(string slug, params string[] types) => PublishAsync(slug, types, "{}");

    private Task<Outcome<Api>> PublishAsync(string slug, string[] types, string schema) => Store.Apis.PublishAsync(new Api
    {
        OrganizationId = Store.Organization.Id, Slug = slug, Name = slug, Resource = $"https://{slug}.example.test/", Upstream = "https://127.0.0.1:1/",
        Scopes = [], Operations = [], Plans = [new Plan { Slug = "standard", Name = "Standard" }],
        DetailsTypes = [.. types.Select(type => new ApiDetailsType { Type = type, Title = "Words", Schema = schema })],
    }, Actor.System, Cancellation);
}
