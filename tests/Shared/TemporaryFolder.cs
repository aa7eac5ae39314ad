namespace Gatehouse.Tests.Shared;

/// <summary>A folder that is gone when the test is over.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Location { get; } = Directory.CreateTempSubdirectory("gatehouse-test-").FullName;

    public string File(params string[] names) => Path.Combine([Location, .. names]);

    public void Dispose() => Directory.Delete(Location, recursive: true);
}
