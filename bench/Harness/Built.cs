namespace Gatehouse.Bench.Harness;

/// <summary>Where the build put the programs.</summary>
internal static class Built
{
    private static readonly DirectoryInfo Outputs = new(AppContext.BaseDirectory.TrimEnd('/'));

    public static string Artifacts => Outputs.Parent!.Parent!.Parent!.FullName;

    public static string Repository => Path.GetDirectoryName(Artifacts)!;

    /// <summary>Published as an installation has it, by <c>bench/bench</c>.</summary>
    public static string Gatehouse => Path.Combine(Artifacts, "bench", "gatehouse", "gatehouse.dll");

    /// <summary>A program that was built with this one.</summary>
    public static string Program(string assembly) => Path.Combine(Artifacts, "bin", assembly, Outputs.Name, assembly + ".dll");
}
