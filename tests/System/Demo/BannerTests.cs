using System.Text.Json;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Demo;

/// <summary>What the demo prints is there to be pasted.</summary>
[Collection(DemoJourneys.Name)]
public sealed class BannerTests(SharedDemo shared)
{
    [Fact]
    public async Task Both_commands_work_as_pasted_and_the_second_one_buys_a_label()
    {
        var commands = Commands();
        Assert.Equal(2, commands.Count);

        var token = await RunAsync(commands[0]);
        Assert.Equal(86399, token.GetProperty("expires_in").GetInt32());

        var label = await RunAsync(commands[1].Replace("YOUR_ACCESS_TOKEN", token.GetProperty("access_token").GetString(), StringComparison.Ordinal));
        Assert.NotEmpty(label.GetProperty("tracking_number").GetString()!);
        Assert.Contains("<svg", label.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_names_the_portal_the_gateway_and_where_everything_else_stands()
    {
        var banner = shared.Demo.Program.Output;

        Assert.Contains(shared.Facts.PortalUrl, banner, StringComparison.Ordinal);
        Assert.Contains(shared.Facts.ApiUrl, banner, StringComparison.Ordinal);
        Assert.Contains(shared.Facts.Developer.Email, banner, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(shared.Demo.Folder, "demo.json"), banner, StringComparison.Ordinal);
        Assert.True(banner.Split('\n').Length <= 24, "The banner does not fit on a small terminal.");
    }

    // A command begins with curl and goes on while lines end in a backslash, as the shell sees it.
    private List<string> Commands()
    {
        var commands = new List<string>();
        var goesOn = false;
        foreach (var line in shared.Demo.Program.Output.Split('\n'))
        {
            if (goesOn) commands[^1] += "\n" + line;
            else if (line.StartsWith("curl ", StringComparison.Ordinal)) commands.Add(line);
            else continue;
            goesOn = line.EndsWith('\\');
        }
        return commands;
    }

    private static async Task<JsonElement> RunAsync(string command)
    {
        var finished = await Shell.RunAsync(command);
        Assert.True(finished.ExitCode == 0, finished.Error);
        return JsonElement.Parse(finished.Output);
    }
}
