using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.CommandLine;

/// <summary>The script <c>./gatehouse</c>. The build that made these tests has made the program, so it builds nothing here.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string Script => Path.Combine(Built.Repository, "gatehouse");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_works_through_a_link_from_any_folder_and_hands_on_the_exit_code()
    {
        File.CreateSymbolicLink(_folder.File("gh"), Script);

        var help = await Shell.RunAsync("./gh --help", _folder.Location);
        var wrong = await Shell.RunAsync("./gh demon", _folder.Location);

        Assert.Equal(0, help.ExitCode);
        Assert.Contains("demo", help.Output, StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitCode);
    }

    [Fact]
    public async Task A_signal_reaches_the_program_itself()
    {
        await using var program = Running.Start(Script, RunningDemo.Arguments(_folder.File("data"), FreePorts.Take(), FreePorts.Take()));
        await program.SaysAsync("Ctrl+C ends it.");

        Assert.Equal(0, await program.StopAsync());
    }

    [Fact]
    public async Task Without_the_sdk_it_says_in_one_line_what_to_install()
    {
        // A folder of its own, with everything the script needs but a dotnet command.
        Directory.CreateDirectory(_folder.File("eng"));
        File.Copy(Path.Combine(Built.Repository, "eng", "dotnet.sh"), _folder.File("eng", "dotnet.sh"));
        File.Copy(Script, _folder.File("gatehouse"));
        await File.WriteAllTextAsync(_folder.File("dotnet"), "#!/bin/sh\nexit 1\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(_folder.File("dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var finished = await Shell.RunAsync($"PATH='{_folder.Location}':$PATH ./gatehouse demo", _folder.Location);

        Assert.NotEqual(0, finished.ExitCode);
        Assert.Contains(".NET 10 SDK", Assert.Single(finished.Error.Split('\n')), StringComparison.Ordinal);
    }
}
