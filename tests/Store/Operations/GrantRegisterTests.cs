using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Sessions;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Operations;

public sealed class GrantRegisterOnSqlite() : GrantRegisterTests(StoreProvider.Sqlite);

public sealed class GrantRegisterOnPostgres() : GrantRegisterTests(StoreProvider.PostgreSql);

/// <summary>Grants, the codes that begin them and the refresh tokens that prolong them.</summary>
public abstract class GrantRegisterTests(StoreProvider provider) : StoreTests(provider)
{
    private static readonly GrantLifetimes Lifetimes = new() { Idle = TimeSpan.FromDays(3), Absolute = TimeSpan.FromDays(8) };

    private static readonly ScopeSet Scope = ScopeSet.Of("labels:read");

    private Guid _applicationId;
    private Guid _userId;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _applicationId = (await Store.CreateApplicationAsync()).Application.Id;
        var users = new UserOperations(Store.Database, Store.Clock);
        _userId = TestStore.Succeed(await users.CreateAsync(
            Store.Organization.Id, "dana@example.org", "Dana", PortalRole.Developer, UserOperations.GeneratePassword(), Actor.System)).Id;
        await AllowAsync();
    }

    [Fact]
    public void A_grant_is_bound_to_what_its_row_says_of_old_and_of_now()
    {
        Assert.Equal(Confirmation.OfDpopKey("key"), Of("""{"DpopKey":"key","Resources":["https://api.example"]}""").Confirmation);
        Assert.Equal(Confirmation.OfCertificate("certificate"), Of("""{"Certificate":"certificate"}""").Confirmation);
        Assert.Null(Of("""{"Resources":[]}""").Confirmation);
        Assert.Null(Of(string.Empty).Confirmation);

        static GrantContent Of(string content) => GrantContent.Of(new Grant { Scope = string.Empty, Content = content });
    }

    [Fact]
    public async Task A_refresh_token_that_is_not_used_expires()
    {
        var token = await ObtainRefreshTokenAsync();
        var tokens = Tokens(Store.Database);
        for (var use = 0; use < 2; use++)
        {
            Store.Clock.Advance(Lifetimes.Idle - TimeSpan.FromSeconds(1));
            await tokens.TouchAsync((await tokens.FindAsync(token, Cancellation))!, Cancellation);
        }
        Store.Clock.Advance(Lifetimes.Idle);

        Assert.Null(await tokens.FindAsync(token, Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_grant_ends_however_often_it_is_refreshed(bool isRotated)
    {
        var token = await ObtainRefreshTokenAsync();
        var tokens = Tokens(Store.Database);
        for (var day = 0; day < Lifetimes.Absolute.Days; day++)
        {
            if (isRotated) token = (await tokens.RotateAsync(token, Cancellation)).RefreshToken!;
            else await tokens.TouchAsync((await tokens.FindAsync(token, Cancellation))!, Cancellation);
            Store.Clock.Advance(TimeSpan.FromDays(1));
        }

        Assert.Null(await tokens.FindAsync(token, Cancellation));
    }

    [Fact]
    public async Task Of_two_nodes_that_race_for_a_thousand_codes_each_is_won_once()
    {
        var codes = await MakeCodesAsync(1000);
        var (here, there) = (Grants(Store.Database), Grants(Store.OpenElsewhere()));
        await ForEachAsync(codes, async code =>
        {
            var answers = await Task.WhenAll(here.RedeemAsync(code, true, null, Cancellation), there.RedeemAsync(code, true, null, Cancellation));
            Assert.Single(answers, answer => answer.IsWon);
        });

        // Whoever came second ended the grant: nothing of it lives.
        Assert.Equal(1000, await Store.ReadAsync(db => db.RefreshTokens.CountAsync(row => row.Grant!.EndedAt != null)));
        Assert.Equal(1000, await Store.ReadAsync(db => db.RevokedTokens.CountAsync()));
    }

    [Fact]
    public async Task Of_two_nodes_that_race_for_refresh_tokens_one_successor_of_each_lives()
    {
        var (here, there) = (Tokens(Store.Database), Tokens(Store.OpenElsewhere()));
        var tokens = new List<string>();
        foreach (var code in await MakeCodesAsync(250)) tokens.Add((await Grants(Store.Database).RedeemAsync(code, true, null, Cancellation)).RefreshToken!);
        await ForEachAsync(tokens, token => Task.WhenAll(here.RotateAsync(token, Cancellation), there.RotateAsync(token, Cancellation)));

        Assert.Equal(250, await Store.ReadAsync(db => db.RefreshTokens.CountAsync(row => row.UsedAt == null)));
        Assert.Equal(250, await Store.ReadAsync(db => db.RefreshTokens.Where(row => row.UsedAt == null).Select(row => row.GrantId).Distinct().CountAsync()));
    }

    [Fact]
    public async Task Of_two_nodes_that_resume_an_interaction_one_obtains_a_code()
    {
        var found = await DecideAsync(Store.Database);
        var (here, there) = (Grants(Store.Database), Grants(Store.OpenElsewhere()));

        var codes = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => (number % 2 == 0 ? here : there).BeginAsync(found, Cancellation)));

        Assert.Single(codes, code => code is not null);
    }

    [Fact]
    public async Task What_is_taken_back_while_a_device_redeems_its_code_lives_on_nowhere()
    {
        var (here, there) = (Grants(Store.Database), Grants(Store.OpenElsewhere()));
        for (var race = 0; race < 50; race++)
        {
            var (code, request) = await GrantDeviceAsync();
            await Task.WhenAll(here.RedeemDeviceAsync(code, request, true, null, Cancellation), there.TakeBackAsync(_applicationId, _userId, Actor.System, Cancellation));
            Assert.Equal(0, await CountLivingAsync());
        }
    }

    [Fact]
    public async Task What_is_taken_back_while_a_code_is_issued_lives_on_nowhere()
    {
        var (here, there) = (Grants(Store.Database), Grants(Store.OpenElsewhere()));
        for (var race = 0; race < 50; race++)
        {
            await AllowAsync();
            var found = await DecideAsync(Store.Database);
            await Task.WhenAll(here.BeginAsync(found, Cancellation), there.TakeBackAsync(_applicationId, _userId, Actor.System, Cancellation));
            Assert.Equal(0, await CountLivingAsync());
        }
    }

    [Fact]
    public async Task A_code_that_is_issued_while_the_user_signs_out_lives_on_nowhere()
    {
        var there = Store.OpenElsewhere();
        using var outbox = new LogoutOutbox(there, Store.Clock);
        var sessions = new UserSessions(there, outbox, Store.Clock);
        for (var race = 0; race < 50; race++)
        {
            var secret = $"secret-{race}";
            var found = await DecideAsync(Store.Database, await sessions.BeginAsync(_userId, secret, previous: null, Cancellation));
            await Task.WhenAll(Grants(Store.Database).BeginAsync(found, Cancellation), sessions.EndAsync(secret, Cancellation));
            Assert.Equal(0, await CountLivingAsync());
        }
    }

    [Fact]
    public async Task Revoking_all_tokens_is_not_held_up_by_those_who_redeem()
    {
        var codes = await MakeCodesAsync(100);
        var there = Grants(Store.OpenElsewhere());
        var redeeming = ForEachAsync(codes, code => there.RedeemAsync(code, true, null, Cancellation));
        var revoked = await Store.Applications.RevokeTokensAsync(_applicationId, Actor.System, Cancellation);
        await redeeming;
        Assert.True(revoked.Succeeded, revoked.Message);
        Assert.Equal(0, await CountLivingAsync());
        Assert.False(await new ConsentRegister(Store.Database, Store.Clock).CoversAsync(_applicationId, _userId, Scope, AuthorizationDetails.None, Cancellation));
    }

    [Fact]
    public async Task What_a_grant_gave_while_it_was_being_ended_is_dated_before_the_line()
    {
        await MakeCodesAsync(1);
        var slow = new SlowStatement("Grants", () => Store.Clock.Advance(TimeSpan.FromSeconds(10)));
        TestStore.Succeed(await new ApplicationOperations(Store.OpenElsewhere(slow), Store.Secrets, Store.Clock).RevokeTokensAsync(_applicationId, Actor.System, Cancellation));

        Assert.Equal(1, slow.Seen);
        var line = await Store.ReadAsync(db => db.Applications.Where(row => row.Id == _applicationId).Select(row => row.TokensNotBefore).SingleAsync());
        Assert.Equal(Store.Clock.GetUtcNow().ToUnixTimeSeconds() + 1, line);
    }

    [Fact]
    public async Task The_second_line_is_behind_the_first_when_no_second_has_passed()
    {
        await MakeCodesAsync(1);
        long first = 0;
        var between = new SlowStatement("Grants", () => first = LineOf(_applicationId));
        TestStore.Succeed(await new ApplicationOperations(Store.OpenElsewhere(between), Store.Secrets, Store.Clock).RevokeTokensAsync(_applicationId, Actor.System, Cancellation));

        Assert.Equal(Store.Clock.GetUtcNow().ToUnixTimeSeconds() + 1, first);
        Assert.Equal(first + 1, LineOf(_applicationId)); // What was dated to the first one meanwhile is before the second.
    }

    [Fact]
    public async Task What_a_grant_gave_until_its_end_was_committed_is_dated_before_the_line()
    {
        await MakeCodesAsync(1);
        var slow = new SlowCommit(2, () => Store.Clock.Advance(TimeSpan.FromSeconds(10))); // The first one draws the line, this one ends the grants.
        TestStore.Succeed(await new ApplicationOperations(Store.OpenElsewhere(slow), Store.Secrets, Store.Clock).RevokeTokensAsync(_applicationId, Actor.System, Cancellation));

        Assert.Equal(Store.Clock.GetUtcNow().ToUnixTimeSeconds() + 1, LineOf(_applicationId));
    }

    [Fact]
    public async Task What_was_allowed_before_all_tokens_were_revoked_begins_nothing_after()
    {
        var found = await DecideAsync(Store.Database);
        TestStore.Succeed(await Store.Applications.RevokeTokensAsync(_applicationId, Actor.System, Cancellation));

        Assert.Null(await Grants(Store.Database).BeginAsync(found, Cancellation));
        await AllowAsync();
        Assert.NotNull(await Grants(Store.Database).BeginAsync(await DecideAsync(Store.Database), Cancellation));
    }

    [Fact]
    public async Task A_decision_from_before_the_revocation_is_not_made_good_by_another_consent()
    {
        var found = await DecideAsync(Store.Database);
        TestStore.Succeed(await Store.Applications.RevokeTokensAsync(_applicationId, Actor.System, Cancellation));
        await AllowAsync(ScopeSet.Of("labels:write"), AuthorizationDetails.None);

        Assert.Null(await Grants(Store.Database).BeginAsync(found, Cancellation));
    }

    [Fact]
    public async Task Details_that_were_allowed_before_the_revocation_begin_nothing_after()
    {
        var (paid, other) = (AuthorizationDetails.OfText("""[{"type":"payment","amount":1}]"""), AuthorizationDetails.OfText("""[{"type":"payment","amount":2}]"""));
        await AllowAsync(Scope, paid);
        var found = await DecideAsync(Store.Database, details: paid.Text);
        TestStore.Succeed(await Store.Applications.RevokeTokensAsync(_applicationId, Actor.System, Cancellation));
        await AllowAsync(Scope, other);

        Assert.Null(await Grants(Store.Database).BeginAsync(found, Cancellation));
        Assert.NotNull(await Grants(Store.Database).BeginAsync(await DecideAsync(Store.Database, details: other.Text), Cancellation));
    }

    [Fact]
    public async Task Deleting_the_user_takes_grants_and_refresh_tokens_along()
    {
        await ObtainRefreshTokenAsync();

        await Store.ReadAsync(db => db.Users.Where(row => row.Id == _userId).ExecuteDeleteAsync());

        Assert.Equal(0, await Store.ReadAsync(db => db.RefreshTokens.CountAsync()));
    }

    private HandleRegister Handles(StoreDatabase database) => new(database, Store.Clock);

    private GrantRegister Grants(StoreDatabase database) => new(database, Handles(database), Lifetimes, Store.Clock);

    private RefreshTokenRegister Tokens(StoreDatabase database) => new(database, Lifetimes, Store.Clock);

    private Task<int> CountLivingAsync() => Store.ReadAsync(db => db.Grants.CountAsync(row => row.EndedAt == null));

    private long LineOf(Guid applicationId)
    {
        using var db = Store.OpenElsewhere().Open();
        return db.Applications.Where(row => row.Id == applicationId).Select(row => row.TokensNotBefore).Single();
    }

    private Task AllowAsync() => AllowAsync(Scope, AuthorizationDetails.None);

    private async Task AllowAsync(ScopeSet scope, AuthorizationDetails details) => TestStore.Succeed(await new ConsentRegister(Store.Database, Store.Clock).RememberAsync(
        Store.Organization.Id, _applicationId, _userId, scope, details, Actor.System, Cancellation));

    private async Task<(string DeviceCode, DeviceRequest Request)> GrantDeviceAsync()
    {
        var devices = new DeviceRegister(Store.Database, Handles(Store.Database), Store.Clock);
        var (deviceCode, userCode) = await devices.BeginAsync(
            new DeviceRequest { UserCode = string.Empty, ApplicationId = _applicationId, OrganizationId = Store.Organization.Id, Scope = "labels:read" }, Cancellation);
        var granted = (await devices.FindWaitingAsync(userCode, Cancellation))! with
        {
            Verdict = AuthorizationVerdict.Granted, UserId = _userId, AuthenticatedAt = Store.Clock.GetUtcNow(),
        };
        Assert.True(await devices.DecideAsync(granted, Actor.System, Cancellation));
        return (deviceCode, granted);
    }

    private async Task<FoundInteraction> DecideAsync(StoreDatabase database, string? session = null, string? details = null)
    {
        var interactions = new InteractionRegister(Handles(database), Store.Clock);
        var handle = await interactions.BeginAsync(new AuthorizationInteraction
        {
            ApplicationId = _applicationId, OrganizationId = Store.Organization.Id, ClientId = "client", RedirectUri = "https://app.example/", ResponseMode = "query",
            Scope = "labels:read", Details = details, CodeChallenge = "challenge", Browser = InteractionRegister.HashOf("browser"), StartedAt = Store.Clock.GetUtcNow(),
            Verdict = AuthorizationVerdict.Granted, UserId = _userId, AuthenticatedAt = Store.Clock.GetUtcNow(), SessionId = session,
        }, Cancellation);
        return (await interactions.FindAsync(handle, "browser", Cancellation))!;
    }

    private async Task<List<FoundCode>> MakeCodesAsync(int number)
    {
        var codes = new List<FoundCode>();
        for (var i = 0; i < number; i++)
        {
            var value = await Grants(Store.Database).BeginAsync(await DecideAsync(Store.Database), Cancellation);
            codes.Add((await Grants(Store.Database).FindCodeAsync(value!, Cancellation))!);
        }
        return codes;
    }

    private async Task<string> ObtainRefreshTokenAsync() =>
        (await Grants(Store.Database).RedeemAsync((await MakeCodesAsync(1))[0], withRefreshToken: true, binding: null, Cancellation)).RefreshToken!;

    private static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> race) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancellation }, async (item, _) => await race(item));
}
