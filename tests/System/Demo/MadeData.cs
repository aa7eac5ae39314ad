using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Demo;

/// <summary>The data folder of a demo that ran and was stopped, to copy and to damage.</summary>
public sealed class MadeData : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync()
    {
        await using var demo = await RunningDemo.StartAsync(_folder.File("data"));
        Assert.Equal(0, await demo.StopAsync());
        Assert.False(File.Exists(_folder.File("data", "gatehouse.db-wal")), "A stopped demo leaves one whole database file.");
    }

    public void CopyTo(string folder)
    {
        var source = _folder.File("data");
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
