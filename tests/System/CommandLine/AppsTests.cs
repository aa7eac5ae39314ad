using System.Net;
using System.Text.Json;
using Gatehouse.Tests.System.Demo;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.CommandLine;

/// <summary><c>gatehouse apps</c> against the running demo, as an operator types it.</summary>
[Collection(DemoJourneys.Name)]
public sealed class AppsTests(SharedDemo shared)
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task An_application_lives_from_create_to_revoke()
    {
        var made = await AppsAsync("create", "Night shift", "--api", "labels", "--description", "Labels after dark");
        var (id, secret) = (Text(made, "client_id"), Text(made, "client_secret"));
        var token = await shared.Demo.TokenAsync(id, secret);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(token));

        var listed = await AppsAsync("list", "--search", "Night");
        Assert.Equal(id, Text(Assert.Single(listed.GetProperty("applications").EnumerateArray()), "client_id"));

        var added = await AppsAsync("add-secret", id, "--label", "rotation");
        Assert.NotEqual(secret, Text(added, "client_secret"));
        Assert.NotEmpty(await shared.Demo.TokenAsync(id, Text(added, "client_secret")));
        Assert.NotEmpty(await shared.Demo.TokenAsync(id, secret)); // Two are valid at once.

        var shown = await AppsAsync("show", id);
        Assert.Equal("Night shift", Text(shown, "client_name"));
        Assert.Equal(2, shown.GetProperty("secrets").GetArrayLength());
        Assert.DoesNotContain(secret, shown.ToString(), StringComparison.Ordinal);

        await AppsAsync("revoke", id, "--retire");
        await RefusedWithinPromiseAsync(token);
    }

    [Fact]
    public async Task Tables_are_for_people_and_hold_whole_client_ids()
    {
        var finished = await Shell.GatehouseAsync(["apps", "list", "--data", shared.Demo.Folder]);

        Assert.Equal(0, finished.ExitCode);
        Assert.Empty(finished.Error);
        Assert.Contains(shared.Facts.ClientId, finished.Output, StringComparison.Ordinal);
        Assert.Contains("Warehouse", finished.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show", "no-such-application")]
    [InlineData("revoke", "no-such-application")]
    [InlineData("create", "Lost", "--api", "no-such-api")]
    public async Task What_does_not_exist_is_one_line_and_an_exit_code(params string[] arguments)
    {
        var finished = await Shell.GatehouseAsync(["apps", .. arguments, "--data", shared.Demo.Folder]);

        Assert.Equal(1, finished.ExitCode);
        Assert.Empty(finished.Output);
        Assert.Single(finished.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task<JsonElement> AppsAsync(params string[] arguments)
    {
        var finished = await Shell.GatehouseAsync(["apps", .. arguments, "--json", "--data", shared.Demo.Folder]);
        Assert.True(finished.ExitCode == 0, finished.Error);
        return JsonElement.Parse(finished.Output);
    }

    private async Task<HttpStatusCode> CallAsync(string token)
    {
        using var answer = await shared.Demo.CallAsync(token);
        return answer.StatusCode;
    }

    private async Task RefusedWithinPromiseAsync(string token)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await CallAsync(token) != HttpStatusCode.Unauthorized)
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Promise, "The token is still good after a second.");
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
