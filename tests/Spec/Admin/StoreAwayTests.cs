using System.Net;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>A store that cannot be asked is a 503 with Retry-After, never a verdict about the token or about what was asked for.</summary>
public sealed class StoreAwayTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Fact]
    public async Task An_application_that_is_not_in_memory_and_a_list_that_cannot_be_read_are_503()
    {
        var forge = await TokenForge.WithIssuersKeyAsync(house.Node);
        var unseen = forge.Change(house.Token, payload: claims => claims["client_id"] = "not-in-memory");
        (await house.CallWithTokenAsync(unseen)).AssertRefused(401); // The store says: there is none.
        unseen = forge.Change(house.Token, payload: claims => claims["client_id"] = "not-in-memory-either");

        await RenameAsync("Applications", "Away");
        AssertAway(await house.CallWithTokenAsync(unseen));
        AssertAway(await house.GetAsync("/applications"));
        Assert.Equal(HttpStatusCode.OK, (await house.GetAsync("/organization")).Status); // What is in memory keeps working.

        await RenameAsync("Away", "Applications");
        Assert.Equal(HttpStatusCode.OK, (await house.GetAsync("/applications")).Status);
    }

    private static void AssertAway(AdminAnswer answer)
    {
        answer.AssertRefused(503);
        Assert.True(answer.HasRetryAfter);
        Assert.Empty(answer.Challenge);
    }

    private async Task RenameAsync(string from, string to)
    {
        await using var db = house.Node.Database.Open();
#pragma warning disable EF1002 // The names are the test's own.
        await db.Database.ExecuteSqlRawAsync($"ALTER TABLE \"{from}\" RENAME TO \"{to}\"");
#pragma warning restore EF1002
    }
}
