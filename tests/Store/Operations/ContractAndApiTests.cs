using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Operations;

public sealed class ContractAndApiOnSqlite() : ContractAndApiTests(StoreProvider.Sqlite);

public sealed class ContractAndApiOnPostgres() : ContractAndApiTests(StoreProvider.PostgreSql);

/// <summary>APIs, their plans, and the contracts for them.</summary>
public abstract class ContractAndApiTests(StoreProvider provider) : StoreTests(provider)
{
    [Fact]
    public async Task A_plan_that_is_not_approved_by_hand_approves_at_once()
    {
        var (application, plan) = await PrepareAsync(byHand: false);
        var contract = TestStore.Succeed(await RequestAsync(application, plan));
        Assert.Equal((ContractState.Approved, Store.Clock.GetUtcNow()), (contract.State, contract.DecidedAt));
    }

    [Fact]
    public async Task A_contract_goes_from_requested_to_revoked_and_is_requested_anew()
    {
        var (application, plan) = await PrepareAsync(byHand: true);
        var contract = TestStore.Succeed(await RequestAsync(application, plan));
        Assert.Equal(ContractState.Requested, contract.State);
        Assert.Null(contract.DecidedAt);
        Assert.Equal(Refusal.Conflict, (await RequestAsync(application, plan)).Refusal);
        foreach (var state in new[] { ContractState.Approved, ContractState.Suspended, ContractState.Approved, ContractState.Revoked })
            Assert.Equal(state, TestStore.Succeed(await DecideAsync(contract.Id, state)).State);

        Assert.Equal(Refusal.Conflict, (await DecideAsync(contract.Id, ContractState.Approved)).Refusal);
        Assert.Equal(Refusal.Invalid, (await DecideAsync(contract.Id, ContractState.Requested)).Refusal);
        var again = TestStore.Succeed(await RequestAsync(application, plan));
        Assert.Equal((contract.Id, ContractState.Requested), (again.Id, again.State));
        // One row for the application and one per step.
        Assert.Equal(7, await Store.ReadAsync(db => db.Changes.CountAsync(row => row.Subject == application.ClientId)));
    }

    [Fact]
    public async Task What_a_person_revoked_no_request_brings_back_by_itself()
    {
        var (application, plan) = await PrepareAsync(byHand: false);
        var contract = TestStore.Succeed(await RequestAsync(application, plan));
        TestStore.Succeed(await DecideAsync(contract.Id, ContractState.Revoked));

        var again = TestStore.Succeed(await RequestAsync(application, plan));
        Assert.Equal((ContractState.Requested, null), (again.State, again.DecidedAt));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var (application, plan) = await PrepareAsync(byHand: true);
        Assert.Equal(Refusal.NotFound, (await Store.Contracts.RequestAsync(Guid.NewGuid(), plan.Id, Actor.System)).Refusal);
        Assert.Equal(Refusal.NotFound, (await Store.Contracts.RequestAsync(application.Id, Guid.NewGuid(), Actor.System)).Refusal);
        Assert.Equal(Refusal.NotFound, (await DecideAsync(Guid.NewGuid(), ContractState.Approved)).Refusal);
        Assert.Equal(Refusal.NotFound, (await Store.Apis.WithdrawAsync(Guid.NewGuid(), Actor.System)).Refusal);
    }

    [Fact]
    public async Task Requests_that_race_are_one_contract_and_clean_refusals()
    {
        var (application, plan) = await PrepareAsync(byHand: true);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => RequestAsync(application, plan)))).WaitAsync(Deadline);

        Assert.Single(outcomes, outcome => outcome.Succeeded);
        Assert.All(outcomes.Where(outcome => !outcome.Succeeded), outcome => Assert.Equal(Refusal.Conflict, outcome.Refusal));
    }

    [Fact]
    public async Task An_approval_that_races_with_a_revocation_never_undoes_it()
    {
        var (application, plan) = await PrepareAsync(byHand: true);
        for (var round = 0; round < 5; round++)
        {
            var contract = TestStore.Succeed(await RequestAsync(application, plan));
            var approved = Task.Run(() => DecideAsync(contract.Id, ContractState.Approved));
            var revoked = Task.Run(() => DecideAsync(contract.Id, ContractState.Revoked));
            Assert.True((await revoked.WaitAsync(Deadline)).Succeeded);
            Assert.True((await approved.WaitAsync(Deadline)).Refusal is Refusal.None or Refusal.Conflict);

            Assert.Equal(ContractState.Revoked, await Store.ReadAsync(db => db.Contracts.Select(row => row.State).SingleAsync()));
        }
    }

    [Fact]
    public async Task Publishing_again_replaces_the_api_and_keeps_contracts_and_plan_ids()
    {
        var (application, plan) = await PrepareAsync(byHand: false);
        TestStore.Succeed(await RequestAsync(application, plan));
        var next = Store.DraftApi();
        next.Name = "Labels 2";
        next.Scopes.Add(new ApiScope { Token = "labels.read" });
        next.Operations.Add(new ApiOperation { Method = "GET", PathTemplate = "/labels/{id}", Scope = "labels.read" });
        next.Plans.Single().TokenLifetimeSeconds = 600;
        next.Plans.Add(new Plan { Slug = "gold", Name = "Gold" });
        await Store.PublishAsync(next);

        var api = await Store.ReadAsync(db => db.Apis.Include(row => row.Scopes).Include(row => row.Operations).Include(row => row.Plans).SingleAsync());
        Assert.Equal(("Labels 2", 2, 2, 2), (api.Name, api.Scopes.Count, api.Operations.Count, api.Plans.Count));
        Assert.Equal(600, api.Plans.Single(row => row.Id == plan.Id).TokenLifetimeSeconds);
        Assert.Equal(plan.Id, await Store.ReadAsync(db => db.Contracts.Select(row => row.PlanId).SingleAsync()));
        // The plan is part of what nodes remember of the application.
        Assert.Equal(application.ClientId, await Store.ReadAsync(db => db.Changes.OrderByDescending(row => row.Position).Select(row => row.Subject).FirstAsync()));
    }

    [Fact]
    public async Task A_plan_with_contracts_cannot_be_left_out()
    {
        var (application, plan) = await PrepareAsync(byHand: false);
        TestStore.Succeed(await RequestAsync(application, plan));
        var next = Store.DraftApi();
        next.Name = "Not written";
        next.Plans.Single().Slug = "other";

        Assert.Equal(Refusal.Conflict, (await Store.Apis.PublishAsync(next, Actor.System)).Refusal);
        Assert.Equal("Labels", await Store.ReadAsync(db => db.Apis.Select(row => row.Name).SingleAsync()));
        Assert.Equal(1, await Store.ReadAsync(db => db.Set<ApiScope>().CountAsync()));
    }

    [Fact]
    public async Task A_scope_and_a_resource_belong_to_one_api()
    {
        await Store.PublishAsync(Store.DraftApi());
        var sameScope = Store.DraftApi("other");
        sameScope.Scopes.Add(new ApiScope { Token = "labels.create" });
        var sameResource = Store.DraftApi("other");
        sameResource.Resource = "https://api.example.com/labels";

        Assert.Equal(Refusal.Conflict, (await Store.Apis.PublishAsync(sameScope, Actor.System)).Refusal);
        Assert.Equal(Refusal.Conflict, (await Store.Apis.PublishAsync(sameResource, Actor.System)).Refusal);
        Assert.True((await Store.Apis.PublishAsync(Store.DraftApi("other"), Actor.System)).Succeeded);
    }

    [Fact]
    public async Task A_resource_server_is_an_application_of_the_organization()
    {
        var draft = Store.DraftApi();
        draft.ResourceServers = ["nobody"];
        var refused = await Store.Apis.PublishAsync(draft, Actor.System);
        Assert.Equal((Refusal.Invalid, "resource_servers"), (refused.Refusal, refused.Field));

        var application = (await Store.CreateApplicationAsync()).Application;
        draft.ResourceServers = [application.ClientId];
        await Store.PublishAsync(draft);
        Assert.Equal([application.ClientId], await Store.ReadAsync(db => db.Apis.Select(row => row.ResourceServers).SingleAsync()));
    }

    [Fact]
    public async Task A_call_belongs_to_one_api_whatever_its_parameters_are_called()
    {
        await Store.PublishAsync(WithCall("labels", "/labels/{id}"));

        var refused = await Store.Apis.PublishAsync(WithCall("thief", "/labels/{number}"), Actor.System);
        Assert.Equal((Refusal.Conflict, "The operation GET /labels/{number} belongs to another API: a call leads to one API."), (refused.Refusal, refused.Message));
        Assert.True((await Store.Apis.PublishAsync(WithCall("labels", "/labels/{number}"), Actor.System)).Succeeded);
    }

    [Theory]
    [InlineData("/labels/{id}", "/LABELS/export")]
    [InlineData("/labels/{id}", "/Labels")]
    [InlineData("/a/{id}/all", "/a/{number}/ALL/{x}")]
    public async Task Two_names_at_one_place_that_differ_by_case_alone_are_refused(string one, string other)
    {
        var both = WithCall("both", one);
        both.Operations.Add(new ApiOperation { Method = "PUT", PathTemplate = other, Scope = "both.create" });
        var refused = await Store.Apis.PublishAsync(both, Actor.System);
        Assert.Equal((Refusal.Invalid, "operations"), (refused.Refusal, refused.Field));
        Assert.Contains(other, refused.Message, StringComparison.Ordinal);

        await Store.PublishAsync(WithCall("first", one));
        Assert.Equal(Refusal.Conflict, (await Store.Apis.PublishAsync(WithCall("second", other), Actor.System)).Refusal);
        Assert.True((await Store.Apis.PublishAsync(WithCall("first", other), Actor.System)).Succeeded); // In its own place.
    }

    [Fact]
    public async Task Of_two_apis_that_race_for_a_call_one_gets_it()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(number => Task.Run(() => Store.Apis.PublishAsync(WithCall($"api-{number}", "/labels/{id}"), Actor.System)))).WaitAsync(Deadline);

        Assert.Single(outcomes, outcome => outcome.Succeeded);
        Assert.Equal(1, await Store.ReadAsync(db => db.Set<ApiOperation>().CountAsync(row => row.Method == "GET")));
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("/labels?all")]
    [InlineData("/labels/a b")]
    [InlineData("/labels/../admin")]
    [InlineData("/labels/%2e")]
    [InlineData("/labels/{}")]
    [InlineData("/labels/{a/b}")]
    [InlineData("/labels/x{id}")]
    [InlineData("/labels/{id};v=1")]
    [InlineData("/labels\\{id}")]
    public async Task A_path_template_that_could_not_match_or_be_read_in_two_ways_is_invalid(string template)
    {
        var outcome = await Store.Apis.PublishAsync(WithCall("labels", template), Actor.System);
        Assert.Equal((Refusal.Invalid, "operations"), (outcome.Refusal, outcome.Field));
    }

    [Fact]
    public async Task One_call_is_not_listed_twice_under_two_parameter_names()
    {
        var draft = WithCall("labels", "/labels/{id}");
        draft.Operations.Add(new ApiOperation { Method = "GET", PathTemplate = "/labels/{number}" });
        Assert.Equal(Refusal.Invalid, (await Store.Apis.PublishAsync(draft, Actor.System)).Refusal);
    }

    [Fact]
    public async Task Moving_an_api_changes_where_it_is_and_nothing_else()
    {
        await Store.PublishAsync(Store.DraftApi());
        TestStore.Succeed(await MoveAsync("http://127.0.0.1:2"));
        var changes = await Store.ReadAsync(db => db.Changes.CountAsync());
        TestStore.Succeed(await MoveAsync("http://127.0.0.1:2"));

        Assert.Equal(changes, await Store.ReadAsync(db => db.Changes.CountAsync())); // It is there already.
        var api = await Store.ReadAsync(db => db.Apis.Include(row => row.Operations).SingleAsync());
        Assert.Equal(("Labels", "https://api.example.com/moved", "http://127.0.0.1:2", 1), (api.Name, api.Resource, api.Upstream, api.Operations.Count));
        TestStore.Succeed(await Store.Apis.WithdrawAsync(api.Id, Actor.System));
        Assert.Equal(Refusal.NotFound, (await MoveAsync("http://127.0.0.1:3")).Refusal);
    }

    [Fact]
    public async Task Publications_that_race_leave_one_api()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Store.Apis.PublishAsync(Store.DraftApi(), Actor.System)))).WaitAsync(Deadline);
        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal((1, 1, 1), (
            await Store.ReadAsync(db => db.Apis.CountAsync()),
            await Store.ReadAsync(db => db.Plans.CountAsync()),
            await Store.ReadAsync(db => db.Set<ApiScope>().CountAsync())));
    }

    [Fact]
    public async Task Withdrawing_takes_contracts_with_it_and_tells_their_applications()
    {
        var (application, plan) = await PrepareAsync(byHand: false);
        TestStore.Succeed(await RequestAsync(application, plan));
        var before = await Store.ReadAsync(db => db.Changes.CountAsync(row => row.Subject == application.ClientId));
        TestStore.Succeed(await Store.Apis.WithdrawAsync(plan.ApiId, Actor.System));

        Assert.False(await Store.ReadAsync(db => db.Contracts.AnyAsync()));
        Assert.False(await Store.ReadAsync(db => db.Plans.AnyAsync()));
        Assert.Equal(before + 1, await Store.ReadAsync(db => db.Changes.CountAsync(row => row.Subject == application.ClientId)));
    }

    [Fact]
    public async Task The_programs_own_api_cannot_be_withdrawn()
    {
        var own = Store.DraftApi("admin");
        own.Upstream = null;
        await Store.PublishAsync(own);
        Assert.Equal(Refusal.Conflict, (await Store.Apis.WithdrawAsync(own.Id, Actor.System)).Refusal);
    }

    [Fact]
    public async Task Revoking_a_token_again_changes_nothing_and_a_later_expiry_is_kept()
    {
        var now = Store.Clock.GetUtcNow();
        TestStore.Succeed(await RevokeAsync("jti", now.AddMinutes(1)));
        Assert.Equal(now.AddMinutes(1), TestStore.Succeed(await RevokeAsync("jti", now.AddMinutes(1))).ExpiresAt);
        Assert.Equal(1, await Store.ReadAsync(db => db.Changes.CountAsync()));
        Assert.Equal(now.AddMinutes(5), TestStore.Succeed(await RevokeAsync("jti", now.AddMinutes(5))).ExpiresAt);
        Assert.Equal(now.AddMinutes(5), TestStore.Succeed(await RevokeAsync("jti", now.AddMinutes(2))).ExpiresAt);
        Assert.Equal(now.AddSeconds(86399 + 60), TestStore.Succeed(await RevokeAsync("unknown expiry", null)).ExpiresAt);
        Assert.Equal(now.AddSeconds(86399 + 60), TestStore.Succeed(await RevokeAsync("far expiry", now.AddYears(1))).ExpiresAt);
        Assert.Equal(Refusal.Invalid, (await RevokeAsync("", null)).Refusal);
        Assert.Equal(Refusal.Invalid, (await RevokeAsync("nul\0", null)).Refusal);
    }

    [Fact]
    public async Task Revocations_of_one_token_that_race_all_succeed()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => RevokeAsync("jti", null)))).WaitAsync(Deadline);
        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal(1, await Store.ReadAsync(db => db.Changes.CountAsync()));
    }

    private Task<Outcome<Api>> MoveAsync(string upstream) =>
        Store.Apis.MoveAsync(Store.Organization.Id, "labels", "https://api.example.com/moved", upstream, Actor.System);

    private Api WithCall(string slug, string template)
    {
        var draft = Store.DraftApi(slug);
        draft.Operations.Add(new ApiOperation { Method = "GET", PathTemplate = template });
        return draft;
    }

    private Task<Outcome<RevokedToken>> RevokeAsync(string tokenId, DateTimeOffset? expiresAt) =>
        Store.Revocation.RevokeAsync(Store.Organization.Id, tokenId, expiresAt, Actor.System);

    private async Task<(Application Application, Plan Plan)> PrepareAsync(bool byHand)
    {
        var draft = Store.DraftApi();
        draft.Plans.Single().ApprovedByHand = byHand;
        var api = await Store.PublishAsync(draft);
        return ((await Store.CreateApplicationAsync()).Application, api.Plans.Single());
    }

    private Task<Outcome<Contract>> RequestAsync(Application application, Plan plan) => Store.Contracts.RequestAsync(application.Id, plan.Id, Actor.System);

    private Task<Outcome<Contract>> DecideAsync(Guid contractId, ContractState state) => Store.Contracts.DecideAsync(contractId, state, Actor.System);
}
