using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Registry;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Store.Registry;

public sealed class ApplicationRegistryOnSqlite() : ApplicationRegistryTests(StoreProvider.Sqlite)
{
    [Fact]
    public async Task An_application_is_read_by_indexes_alone()
    {
        var clientId = (await Store.CreateApplicationAsync()).Application.ClientId;
        var plan = new QueryPlan();
        var registry = new ApplicationRegistry(Store.OpenElsewhere(plan), NullLogger<ApplicationRegistry>.Instance);
        Assert.NotNull((await registry.FindAsync(clientId)).Value);

        Assert.NotEmpty(plan.Steps);
        // A scan takes as long as there are rows: with a million applications each that is not in memory would take seconds.
        Assert.All(plan.Steps, step => Assert.StartsWith("SEARCH ", step, StringComparison.Ordinal));
    }
}

public sealed class ApplicationRegistryOnPostgres() : ApplicationRegistryTests(StoreProvider.PostgreSql);

/// <summary>Found, absent, unknown; remembered, forgotten.</summary>
public abstract class ApplicationRegistryTests(StoreProvider provider) : StoreTests(provider)
{
    [Fact]
    public async Task An_application_is_found_with_its_secrets_and_contracts()
    {
        var created = await Store.CreateApplicationAsync();
        var api = await Store.PublishAsync(Store.DraftApi());
        await Store.Contracts.RequestAsync(created.Application.Id, api.Plans.Single().Id, Actor.System);

        var found = (await Open().FindAsync(created.Application.ClientId)).Value!;
        Assert.Equal((created.Application.Id, "Shipper", true), (found.Id, found.Name, found.IsActive));
        Assert.Equal(Store.Vault.ComputeVerifier(created.Secret), Assert.Single(found.Secrets).Verifier.ToArray());
        Assert.Equal((ContractState.Approved, "standard", 86399), (found.Contracts[api.Id].State, found.Contracts[api.Id].Plan, found.Contracts[api.Id].TokenLifetimeSeconds));
    }

    [Fact]
    public async Task What_was_found_once_needs_no_database_command()
    {
        var clientId = (await Store.CreateApplicationAsync()).Application.ClientId;
        var meter = new CommandMeter();
        var registry = Open(meter);
        await registry.FindAsync(clientId);
        Assert.Equal(1, meter.Count);
        for (var call = 0; call < 100; call++)
        {
            Assert.NotNull((await registry.FindAsync(clientId)).Value);
            Assert.True(registry.TryGet(clientId, out _));
        }
        Assert.Equal(1, meter.Count);
    }

    [Fact]
    public async Task What_is_absent_is_remembered_until_it_is_created()
    {
        var meter = new CommandMeter();
        var registry = Open(meter);
        Assert.Equal(Lookup<RegisteredApplication>.Absent, await registry.FindAsync("invented"));
        Assert.Equal(Lookup<RegisteredApplication>.Absent, await registry.FindAsync("invented"));
        Assert.Equal(1, meter.Count);
        await Store.WriteAsync(db => db.Applications.Add(new Application { OrganizationId = Store.Organization.Id, ClientId = "invented", Name = "Now real" }));
        registry.Forget("invented");

        Assert.Equal("Now real", (await registry.FindAsync("invented")).Value!.Name);
    }

    [Fact]
    public async Task An_id_that_cannot_exist_is_absent_without_asking()
    {
        var meter = new CommandMeter();
        var registry = Open(meter);
        foreach (var clientId in new[] { "", "nul\0", "line\n", "\u00fcnicode", "\ud800", new string('a', 129) })
            Assert.Equal(Lookup<RegisteredApplication>.Absent, await registry.FindAsync(clientId));
        Assert.Equal(0, meter.Count);
    }

    [Fact]
    public async Task A_store_that_is_away_answers_unknown_and_what_is_in_memory_keeps_working()
    {
        var known = (await Store.CreateApplicationAsync()).Application.ClientId;
        var other = (await Store.CreateApplicationAsync()).Application.ClientId;
        var outage = new Outage();
        var registry = Open(outage);
        await registry.FindAsync(known);
        outage.Begin();

        Assert.NotNull((await registry.FindAsync(known)).Value);
        Assert.Equal(Lookup<RegisteredApplication>.Unknown, await registry.FindAsync(other));
        outage.End();
        Assert.NotNull((await registry.FindAsync(other)).Value); // Unknown is never remembered.
    }

    [Fact]
    public async Task Callers_at_once_share_one_load()
    {
        var clientId = (await Store.CreateApplicationAsync()).Application.ClientId;
        var (held, meter) = (new HeldQuery(), new CommandMeter());
        var registry = Open(held, meter);
        var first = registry.FindAsync(clientId).AsTask();
        await held.Reached.WaitAsync(Deadline);
        var others = Enumerable.Range(0, 20).Select(_ => registry.FindAsync(clientId).AsTask()).ToList();
        held.Release();

        Assert.All(await Task.WhenAll([first, .. others]), answer => Assert.NotNull(answer.Value));
        Assert.Equal(1, meter.Count);
    }

    [Fact]
    public async Task A_change_that_comes_while_a_load_is_under_way_is_not_lost()
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        var held = new HeldQuery();
        var registry = Open(held);
        var old = registry.FindAsync(application.ClientId).AsTask();
        await held.Reached.WaitAsync(Deadline);
        await Store.Applications.DeleteAsync(application.Id, Actor.System);
        registry.Forget(application.ClientId);

        // Who asks after the change does not wait for the load before it, nor gets its answer.
        Assert.Equal(Lookup<RegisteredApplication>.Absent, await registry.FindAsync(application.ClientId).AsTask().WaitAsync(Deadline));
        held.Release();
        Assert.NotNull((await old).Value); // It asked before the change reached this node.
        Assert.Equal(Lookup<RegisteredApplication>.Absent, await registry.FindAsync(application.ClientId));
        Assert.False(registry.TryGet(application.ClientId, out _));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    [InlineData(2, 0)]
    [InlineData(1, 2)]
    public async Task Each_secret_and_each_contract_is_there_once(int secrets, int contracts)
    {
        var created = await Store.CreateApplicationAsync();
        for (var more = 1; more < secrets; more++) TestStore.Succeed(await Store.Secrets.AddAsync(created.Application.Id, "next", null, Actor.System));
        var apis = new List<Guid>();
        for (var number = 0; number < contracts; number++)
        {
            var api = await Store.PublishAsync(Store.DraftApi($"labels{number}"));
            TestStore.Succeed(await Store.Contracts.RequestAsync(created.Application.Id, api.Plans.Single().Id, Actor.System));
            apis.Add(api.Id);
        }

        var found = (await Open().FindAsync(created.Application.ClientId)).Value!;
        Assert.Equal(secrets, found.Secrets.Count);
        Assert.Equal(secrets, found.Secrets.Select(secret => Convert.ToHexString(secret.Verifier.Span)).Distinct().Count());
        Assert.Equal(apis.Order(), found.Contracts.Keys.Order());
    }

    [Fact]
    public async Task A_reload_that_comes_while_a_load_is_under_way_is_not_lost()
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        var held = new HeldQuery();
        var registry = Open(held);
        var old = registry.FindAsync(application.ClientId).AsTask();
        await held.Reached.WaitAsync(Deadline);
        await Store.Applications.RetireAsync(application.Id, Actor.System);
        registry.ForgetAll();
        held.Release();
        await old;

        Assert.False((await registry.FindAsync(application.ClientId)).Value!.IsActive);
    }

    [Fact]
    public async Task A_flood_of_invented_ids_pushes_no_real_application_out()
    {
        var clientId = (await Store.CreateApplicationAsync()).Application.ClientId;
        var registry = Open();
        await registry.FindAsync(clientId);
        await Parallel.ForEachAsync(Enumerable.Range(0, 1_000), async (number, _) => await registry.FindAsync($"invented-{number}"));

        Assert.True(registry.TryGet(clientId, out _));
    }

    [Fact]
    public async Task No_more_are_remembered_than_the_options_say_and_the_others_are_read_again()
    {
        var clientIds = new List<string>();
        for (var number = 0; number < 9; number++) clientIds.Add((await Store.CreateApplicationAsync()).Application.ClientId);
        var database = new StoreDatabase(Store.Options with { RememberedApplications = 4 });
        var registry = new ApplicationRegistry(database, NullLogger<ApplicationRegistry>.Instance);
        foreach (var clientId in clientIds) await registry.FindAsync(clientId);

        Assert.InRange(clientIds.Count(clientId => registry.TryGet(clientId, out _)), 2, 4);
        Assert.True(registry.TryGet(clientIds[^1], out _));
        Assert.False(registry.TryGet(clientIds[0], out _));
        Assert.Equal(clientIds[0], (await registry.FindAsync(clientIds[0])).Value!.ClientId);
    }

    private ApplicationRegistry Open(params IInterceptor[] interceptors) =>
        new(Store.OpenElsewhere(interceptors), NullLogger<ApplicationRegistry>.Instance);
}
