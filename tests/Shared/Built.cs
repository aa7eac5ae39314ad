namespace Gatehouse.Tests.Shared;

/// <summary>Where the build put the programs, in the configuration that this test was built in.</summary>
internal static class Built
{
    private static readonly DirectoryInfo Outputs = new(AppContext.BaseDirectory);

    private static string Artifacts => Outputs.Parent!.Parent!.Parent!.FullName;

    public static string Repository => Path.GetDirectoryName(Artifacts)!;

    public static string Gatehouse => Program("Gatehouse", "gatehouse.dll");

    public static string ShipLabel => Program("ShipLabel", "ShipLabel.dll");

    /// <summary>A folder for what a person may want to look at after the run.</summary>
    public static string Screenshots => Directory.CreateDirectory(Path.Combine(Artifacts, "screenshots")).FullName;

    private static string Program(string project, string file) => Path.Combine(Artifacts, "bin", project, Outputs.Name, file);
}
