namespace Gatehouse.Tests.Shared;

/// <summary>What a command left behind.</summary>
internal sealed record Finished(int ExitCode, string Output, string Error);

/// <summary>Runs what a person pastes into a terminal.</summary>
internal static class Shell
{
    /// <summary>Runs the text with bash. Environment variables are added to this process's own.</summary>
    public static Task<Finished> RunAsync(string commands, string? folder = null, IReadOnlyDictionary<string, string>? environment = null) =>
        RunAsync(Running.Start("bash", ["-c", commands], folder, environment));

    /// <summary>Runs a Gatehouse command that ends by itself.</summary>
    public static Task<Finished> GatehouseAsync(IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null) =>
        RunAsync(Running.Gatehouse(arguments, folder, environment));

    /// <summary>Waits for a program's end and collects what it said.</summary>
    public static async Task<Finished> RunAsync(Running program)
    {
        await using (program)
        {
            var code = await program.EndAsync();
            return new Finished(code, program.Output, program.Error);
        }
    }
}
