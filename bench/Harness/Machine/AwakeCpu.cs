using System.Globalization;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>
/// Keeps a CPU from halting while it has nothing to do (Linux's <c>pm_qos_resume_latency_us</c>): it looks for work instead, and the kernel still counts it
/// as idle. Who sends something to a program on a virtual CPU that has halted pays for waking it, as much as half a request costs. A server here would pay that for
/// each answer, and does not where its callers are on another machine.
/// </summary>
internal sealed class AwakeCpu : IDisposable
{
    private const string Driver = "/sys/devices/system/cpu/cpuidle/current_driver";

    // Of Linux: no time at all to wake is tolerated; and nobody asks for anything.
    private const string NoTime = "n/a";
    private const string Anything = "0";

    private readonly string _file;

    public AwakeCpu(int cpu)
    {
        _file = string.Create(CultureInfo.InvariantCulture, $"/sys/devices/system/cpu/cpu{cpu}/power/pm_qos_resume_latency_us");
        try
        {
            if (File.ReadAllText(Driver).Trim() == "none") throw new BenchException($"--awake needs a driver for idle CPUs, and {Driver} says that there is none.");
            var before = File.ReadAllText(_file).Trim();
            if (before != Anything)
                throw new BenchException($"{_file} is {before}, by somebody's choice or from a run that was killed: --awake needs {Anything} there, to put that back.");
            File.WriteAllText(_file, NoTime);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BenchException($"--awake has to read {Driver} and to write {_file}: {exception.Message}");
        }
    }

    public void Dispose()
    {
        try
        {
            File.WriteAllText(_file, Anything);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{_file} is still {NoTime}: {exception.Message}"); // What ended the run is told, not this instead.
        }
    }
}
