using System.Globalization;
using System.Runtime.InteropServices;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Nodes;

/// <summary>What a node asks of the kernel where it has one CPU alone.</summary>
public sealed class OneCpuTests : IDisposable
{
    private const string Sockets = ".NET Sockets";

    // Of Linux: SCHED_OTHER, SCHED_BATCH.
    private const int Ordinary = 0;
    private const int Batch = 3;

    private readonly TemporaryFolder _folder = new();

    public OneCpuTests() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && !RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) && PolicyOf("/proc/self") == Ordinary,
        "It needs Linux with glibc, and a policy that nobody chose.");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_thread_that_waits_for_sockets_interrupts_nobody_and_requests_are_answered()
    {
        await using var demo = await RunningDemo.StartAsync(_folder.File("data"), before: ["taskset", "-c", OneCpu.First()]);

        using var answer = await demo.CallAsync(await demo.TokenAsync());

        Assert.True(answer.IsSuccessStatusCode);
        var sockets = Policies(demo.Program.Id).Where(thread => thread.Name == Sockets).ToList();
        Assert.NotEmpty(sockets);
        Assert.All(sockets, thread => Assert.Equal(Batch, thread.Policy));
        Assert.Equal(Ordinary, PolicyOf($"/proc/{demo.Program.Id}")); // Of its first thread: which others that of the sockets has made is chance.
    }

    [Theory]
    [InlineData("--idle", 5)]
    [InlineData("--batch", Batch)]
    public async Task What_whoever_runs_it_chose_is_left_alone(string option, int policy)
    {
        await using var demo = await RunningDemo.StartAsync(_folder.File("data"), before: ["chrt", option, "0", "taskset", "-c", OneCpu.First()]);

        Assert.All(Policies(demo.Program.Id), thread => Assert.Equal(policy, thread.Policy));
    }

    [Fact]
    public async Task With_more_of_them_all_threads_are_ordinary()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "This machine has one CPU.");
        await using var demo = await RunningDemo.StartAsync(_folder.File("data"));

        Assert.All(Policies(demo.Program.Id), thread => Assert.Equal(Ordinary, thread.Policy));
    }

    private static List<(string Name, int Policy)> Policies(int process)
    {
        var threads = new List<(string Name, int Policy)>();
        foreach (var thread in Directory.GetDirectories($"/proc/{process}/task"))
            if (Read(thread) is { } stat) threads.Add((stat[(stat.IndexOf('(') + 1)..stat.LastIndexOf(')')], PolicyIn(stat)));
        return threads;
    }

    private static int PolicyOf(string process) => PolicyIn(Read(process)!);

    // proc(5): the name stands in brackets and may hold anything; of what follows the state is the third field, the policy the 41st.
    private static int PolicyIn(string stat) => int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[41 - 3], CultureInfo.InvariantCulture);

    private static string? Read(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "stat"));
        }
        catch (IOException)
        {
            return null; // It has ended meanwhile.
        }
    }
}
