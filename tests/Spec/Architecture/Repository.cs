namespace Gatehouse.Tests.Spec.Architecture;

/// <summary>Finds files of the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Gatehouse.slnx is in no folder above the tests.");
    }
}
