using System.CommandLine;
using Gatehouse.Bench.Harness;
using Gatehouse.Bench.Harness.Commands;
using Gatehouse.Bench.Harness.Load.Open;
using Gatehouse.Bench.Harness.Machine;

// The generator of the open loop is this program again, as a process of its own on the CPU of the load.
if (args is [OpenLoop.Mode, var plan])
{
    OpenLoop.Generate(plan);
    return 0;
}
// And so is each witness of the machine's stalls.
if (args is [StallWitness.Mode])
{
    StallWitness.Watch();
    return 0;
}
var root = new RootCommand("Measures Gatehouse beside the limits of the platform and beside what others use, on this machine, in one run.")
{
    JobCommand.Create("token", "Client credentials for an ES256 access token.", ["token"]),
    JobCommand.Create("gateway", "Calls with an access token, forwarded to one upstream.", ["gateway"]),
    PathsCommand.Create(),
    StartCommand.Create(),
    LoadCommand.Create(),
    SizesCommand.Create(),
    JobCommand.Create("all", "Both, one after the other.", ["token", "gateway"]),
};
try
{
    var way = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(1) };
    return await root.Parse(args).InvokeAsync(way);
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("bench: ended before it was done.");
    return 130;
}
catch (BenchException exception)
{
    await Console.Error.WriteLineAsync($"bench: {exception.Message}");
    return 1;
}
