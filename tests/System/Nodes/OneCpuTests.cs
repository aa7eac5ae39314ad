using System.Globalization;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Nodes;

/// <summary>What a node asks of the kernel where it has one CPU alone.</summary>
public sealed class OneCpuTests : IDisposable
{
    private const string Sockets = ".NET Sockets";
    private const int Ordinary = 0;
    private const int Batch = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_thread_that_waits_for_sockets_interrupts_nobody_and_requests_are_answered()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has such threads.");
        await using var demo = await RunningDemo.StartAsync(_folder.File("data"), before: ["taskset", "-c", "0"]);

        var threads = Policies(demo.Program.Id);

        Assert.All(threads, thread => Assert.Equal(thread.Name == Sockets ? Batch : Ordinary, thread.Policy));
        Assert.Contains(threads, thread => thread.Name == Sockets);
        using var answer = await demo.CallAsync(await demo.TokenAsync());
        Assert.True(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task With_more_of_them_all_threads_are_ordinary()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has such threads.");
        Assert.SkipUnless(Environment.ProcessorCount > 1, "This machine has one CPU.");
        await using var demo = await RunningDemo.StartAsync(_folder.File("data"));

        Assert.All(Policies(demo.Program.Id), thread => Assert.Equal(Ordinary, thread.Policy));
    }

    // proc(5): in a thread's stat the name stands in brackets and may hold anything; of what follows the state is the third field, the policy the 41st.
    private static List<(string Name, int Policy)> Policies(int process)
    {
        var threads = new List<(string Name, int Policy)>();
        foreach (var thread in Directory.GetDirectories($"/proc/{process}/task"))
        {
            var stat = Read(thread);
            if (stat.Length == 0) continue;
            var (begin, end) = (stat.IndexOf('('), stat.LastIndexOf(')'));
            threads.Add((stat[(begin + 1)..end], int.Parse(stat[(end + 2)..].Split(' ')[41 - 3], CultureInfo.InvariantCulture)));
        }
        return threads;
    }

    private static string Read(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "stat"));
        }
        catch (IOException)
        {
            return ""; // It has ended meanwhile.
        }
    }
}
