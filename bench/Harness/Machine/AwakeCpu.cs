using System.Globalization;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>
/// A CPU that looks for work while it has none, instead of halting (Linux's <c>pm_qos_resume_latency_us</c>). Waking a virtual one that has halted takes
/// as long as half a request, of whoever sends something there: of a server for each answer, where its callers are on another machine in truth.
/// Programs still find the CPU idle. Until it is disposed of; who kills the run has to write 0 there by hand.
/// </summary>
internal sealed class AwakeCpu : IDisposable
{
    // Of Linux: no time at all to wake is tolerated. 0 would be: nobody asks for anything.
    private const string NoTime = "n/a";

    private readonly string _file;
    private readonly string _before;

    public AwakeCpu(int cpu)
    {
        _file = string.Create(CultureInfo.InvariantCulture, $"/sys/devices/system/cpu/cpu{cpu}/power/pm_qos_resume_latency_us");
        try
        {
            _before = File.ReadAllText(_file).Trim();
            File.WriteAllText(_file, NoTime);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BenchException($"{_file} cannot be written, which --awake needs: {exception.Message}");
        }
    }

    public void Dispose() => File.WriteAllText(_file, _before);
}
