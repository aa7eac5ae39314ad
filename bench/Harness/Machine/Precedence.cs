using System.ComponentModel;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>Who runs first on a CPU that is shared, on Linux; where nobody may say so, all remain equal.</summary>
internal static class Precedence
{
    private static readonly string[] RealTime = ["chrt", "-f", "10"];

    /// <returns>The command that starts another before all ordinary programs; empty where that is not allowed.</returns>
    public static async Task<IReadOnlyList<string>> OfProgramAsync(CancellationToken cancellation)
    {
        try
        {
            await Tool.RunAsync(RealTime[0], [.. RealTime[1..], "true"], cancellation);
            return RealTime;
        }
        catch (Exception exception) when (exception is BenchException or Win32Exception)
        {
            return [];
        }
    }
}
