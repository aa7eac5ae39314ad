namespace Gatehouse.Tests.Interop.House;

/// <summary>Programs for Node.js: the sources are copied beside this assembly, the packages are where <c>./test</c> installed them.</summary>
internal static class NodeProgram
{
    /// <summary>Starts one of <c>Programs/</c>.</summary>
    public static Running Start(string file, IReadOnlyDictionary<string, string> environment)
    {
        var packages = Path.Combine(Built.Repository, "artifacts", "node_modules");
        Assert.True(Directory.Exists(packages), $"{packages} is not there: run ./test Interop once, which needs Node.js 20 or newer and npm.");
        return Running.Start("node", [Path.Combine(AppContext.BaseDirectory, "Programs", file)], environment: environment);
    }
}
