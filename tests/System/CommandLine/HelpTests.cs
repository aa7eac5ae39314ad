using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.CommandLine;

/// <summary>Help that a person can read.</summary>
public sealed class HelpTests
{
    [Fact]
    public async Task The_program_names_each_of_its_commands_and_says_what_it_does()
    {
        var help = await HelpAsync();

        foreach (var command in (string[])["demo", "serve", "init", "apps"])
            Assert.Matches($@"(?m)^  {command}\b.*[A-Z].{{15,}}", help);
    }

    [Theory]
    [InlineData("demo", "--data", "--port", "--api-port")]
    [InlineData("serve", "--config")]
    [InlineData("apps", "create", "list", "show", "add-secret", "revoke")]
    public async Task A_command_explains_what_it_takes(string command, params string[] words)
    {
        var help = await HelpAsync(command);

        foreach (var word in words) Assert.Contains(word, help, StringComparison.Ordinal);
    }

    private static async Task<string> HelpAsync(params string[] command)
    {
        var finished = await Shell.GatehouseAsync([.. command, "--help"]);
        Assert.Equal((0, string.Empty), (finished.ExitCode, finished.Error));
        return finished.Output;
    }
}
