using System.Net;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Demo;

/// <summary>What the first start makes, and that later starts keep it.</summary>
public sealed class FirstStartTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Demo_json_has_every_member_of_its_contract_and_only_its_owner_may_read_it()
    {
        await using var demo = await RunningDemo.StartAsync(_folder.File("data")); // Reading it refuses missing and unknown members.

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder.File("data", "demo.json")));
        Assert.True(File.Exists(demo.Facts.CaFile));
        Assert.Equal(demo.Facts.Issuer + "/as/token.oauth2", demo.Facts.TokenEndpoint);
        Assert.Equal(demo.Facts.Issuer + "/exchange/portals/org/applications/", demo.Facts.PortalUrl);
        Assert.Equal(demo.Facts.Issuer + "/admin/v1", demo.Facts.AdminUrl);
    }

    [Fact]
    public async Task Nobody_else_may_enter_the_folder_or_read_a_key_in_it()
    {
        await using var demo = await RunningDemo.StartAsync(_folder.File("data"));

        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(demo.Folder));
        foreach (var key in Directory.GetFiles(demo.Folder, "*.key", SearchOption.AllDirectories))
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(key));
    }

    [Fact]
    public async Task A_second_start_reuses_everything_even_on_other_ports()
    {
        DemoFacts first;
        string token;
        await using (var demo = await RunningDemo.StartAsync(_folder.File("data")))
        {
            (first, token) = (demo.Facts, await demo.TokenAsync());
            Assert.Equal(0, await demo.StopAsync());
        }
        var ca = await File.ReadAllBytesAsync(first.CaFile, TestContext.Current.CancellationToken);

        await using (var moved = await RunningDemo.StartAsync(_folder.File("data")))
        {
            Assert.Equal(first.Secrets, moved.Facts.Secrets);
            Assert.Equal((first.ClientId, first.AdminClient.ClientId), (moved.Facts.ClientId, moved.Facts.AdminClient.ClientId));
            Assert.Equal(ca, await File.ReadAllBytesAsync(moved.Facts.CaFile, TestContext.Current.CancellationToken));
            Assert.NotEmpty(await moved.TokenAsync());
            Assert.Equal(0, await moved.StopAsync());
        }

        // A token of the first run is good again under the issuer that it names.
        await using var back = await RunningDemo.StartAsync(_folder.File("data"), first.Port, first.ApiPort);
        using var answer = await back.CallAsync(token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Two_folders_share_no_secret_and_no_key()
    {
        await using var one = await RunningDemo.StartAsync(_folder.File("one"));
        await using var other = await RunningDemo.StartAsync(_folder.File("other"));

        Assert.Empty(one.Facts.Secrets.Append(one.Facts.ClientId).Intersect(other.Facts.Secrets.Append(other.Facts.ClientId)));
        Assert.Equal(one.Facts.Secrets.Count, one.Facts.Secrets.Distinct().Count());
        foreach (var file in (string[])["key-encryption.key", "tls/ca.pem", "tls/server.pem", "tls/server.key"])
            Assert.NotEqual(await ReadAsync(one, file), await ReadAsync(other, file));
        Assert.NotEqual(await KeysAsync(one), await KeysAsync(other));
    }

    private static Task<string> ReadAsync(RunningDemo demo, string file) =>
        File.ReadAllTextAsync(Path.Combine(demo.Folder, file), TestContext.Current.CancellationToken);

    private static async Task<string> KeysAsync(RunningDemo demo)
    {
        using var http = demo.Http();
        return await http.GetStringAsync(new Uri(demo.Facts.Issuer + "/pf/JWKS"), TestContext.Current.CancellationToken);
    }
}
