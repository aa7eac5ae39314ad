using Gatehouse.Store.Changes;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Changes;

public sealed class ChangeFollowerOnSqlite() : ChangeFollowerTests(StoreProvider.Sqlite);

/// <summary>What reaches the memory of a node.</summary>
public abstract class ChangeFollowerTests(StoreProvider provider) : StoreTests(provider)
{
    [Fact]
    public async Task A_node_knows_at_its_start_what_was_there_before()
    {
        var api = await Store.PublishAsync(Store.DraftApi());
        await Store.Revocation.RevokeAsync(Store.Organization.Id, "before", null, Actor.System);
        await using var node = await LoadAsync(Store.Database);

        Assert.NotNull(node.Apis.Current.Find(api.Id));
        Assert.True(node.RevokedTokens.Contains("before"));
    }

    [Fact]
    public async Task The_nodes_own_commit_wakes_it_without_a_poll()
    {
        await using var node = await StartAsync(Store.Database);
        var seen = node.WaitForKeyAsync(deadline: Deadline);
        await Store.PublishAsync(Store.DraftApi());
        await using (var db = Store.Database.Open())
        {
            var key = Node.NewKey(Store);
            db.SigningKeys.Add(key);
            db.Changes.Add(new Change { Kind = ChangeKind.SigningKey, Subject = key.Kid, At = Store.Clock.GetUtcNow() });
            await db.SaveChangesAsync();
        }
        await seen;
        Assert.NotNull(node.Apis.Current.WithScope("labels.create"));
    }

    [Fact]
    public async Task Every_kind_of_change_reaches_another_node()
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        await using var node = await LoadAsync(Store.OpenElsewhere());
        Assert.True((await node.Applications.FindAsync(application.ClientId)).Value!.IsActive);

        await Store.Applications.RetireAsync(application.Id, Actor.System);
        await Store.Revocation.RevokeAsync(Store.Organization.Id, "jti", null, Actor.System);
        await Store.PublishAsync(Store.DraftApi());
        await node.Follower.FollowAsync(default);

        Assert.False((await node.Applications.FindAsync(application.ClientId)).Value!.IsActive);
        Assert.True(node.RevokedTokens.Contains("jti"));
        Assert.NotNull(node.Apis.Current.WithScope("labels.create"));
    }

    [Fact]
    public async Task The_delay_of_a_change_is_measured()
    {
        await using var node = await LoadAsync(Store.OpenElsewhere());
        await Store.CreateApplicationAsync();
        Store.Clock.Advance(TimeSpan.FromMilliseconds(700));
        await node.Follower.FollowAsync(default);

        Assert.Equal((1, TimeSpan.FromMilliseconds(700), TimeSpan.FromMilliseconds(700)), node.Delay.Read());
    }

    [Fact]
    public async Task A_fault_while_rows_are_applied_loses_none_of_them()
    {
        var failing = new FailingQuery("RevokedTokens");
        await using var node = await LoadAsync(Store.OpenElsewhere(failing));
        await Store.Revocation.RevokeAsync(Store.Organization.Id, "jti", null, Actor.System);
        failing.Arm(); // The feed is read; what the row is about is not.
        await Assert.ThrowsAnyAsync<Exception>(() => node.Follower.FollowAsync(default));
        Assert.False(node.RevokedTokens.Contains("jti"));
        await node.Follower.FollowAsync(default);

        Assert.True(node.RevokedTokens.Contains("jti"));
    }

    [Fact]
    public async Task A_fault_while_a_gap_is_reloaded_means_another_reload()
    {
        var failing = new FailingQuery("RevokedTokens");
        await using var node = await LoadAsync(Store.OpenElsewhere(failing));
        await Store.Revocation.RevokeAsync(Store.Organization.Id, "jti", null, Actor.System);
        await PruneAllAsync();
        failing.Arm();
        await Assert.ThrowsAnyAsync<Exception>(() => node.Follower.FollowAsync(default));
        await node.Follower.FollowAsync(default);

        Assert.True(node.RevokedTokens.Contains("jti"));
    }

    [Fact]
    public async Task A_node_that_was_away_too_long_forgets_and_reloads_everything()
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        await using var node = await LoadAsync(Store.OpenElsewhere());
        await node.Applications.FindAsync(application.ClientId);
        await Store.Applications.DeleteAsync(application.Id, Actor.System);
        await Store.PublishAsync(Store.DraftApi());
        await Store.Revocation.RevokeAsync(Store.Organization.Id, "jti", null, Actor.System);
        await PruneAllAsync();
        await node.Follower.FollowAsync(default);

        Assert.Null((await node.Applications.FindAsync(application.ClientId)).Value);
        Assert.NotNull(node.Apis.Current.WithScope("labels.create"));
        Assert.True(node.RevokedTokens.Contains("jti"));
    }

    [Fact]
    public async Task An_outage_delays_the_feed_and_does_not_end_it()
    {
        var outage = new Outage();
        await using var node = await StartAsync(Store.OpenElsewhere(outage), pollInterval: TimeSpan.FromMilliseconds(10));
        outage.Begin();
        await outage.Refused.WaitAsync(Deadline);
        outage.End();

        await node.SeeNextChangeAsync(Store, Deadline);
    }

    [Fact]
    public async Task A_revoked_token_is_forgotten_when_it_has_expired()
    {
        await Store.Revocation.RevokeAsync(Store.Organization.Id, "short", Store.Clock.GetUtcNow().AddMinutes(1), Actor.System);
        await Store.Revocation.RevokeAsync(Store.Organization.Id, "long", Store.Clock.GetUtcNow().AddHours(1), Actor.System);
        await using var node = await LoadAsync(Store.Database);
        Assert.Equal(2, node.RevokedTokens.Count);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        node.RevokedTokens.Prune();

        Assert.True(node.RevokedTokens.Contains("long"));
        Assert.Equal(1, node.RevokedTokens.Count);
    }

    /// <summary>A node that looks only when the test calls <c>FollowAsync</c>.</summary>
    private async Task<Node> LoadAsync(StoreDatabase database)
    {
        var node = new Node(database, Store.Clock);
        await node.Follower.LoadAsync(default);
        return node;
    }

    /// <summary>A node that follows by itself, woken by bells alone unless it is given an interval to poll.</summary>
    private protected static async Task<Node> StartAsync(StoreDatabase database, TimeSpan? pollInterval = null)
    {
        var node = new Node(database, TimeProvider.System, pollInterval);
        await node.Follower.StartAsync(default);
        return node;
    }

    private Task PruneAllAsync() =>
        new ChangeTail(Store.Database).PruneAsync(Store.Clock.GetUtcNow() + ChangeTail.Retention + TimeSpan.FromSeconds(1), default);
}
