namespace Gatehouse.Bench.Harness.Load;

/// <summary>How hard to ask.</summary>
/// <param name="Cpu">The CPU of the load generator.</param>
/// <param name="InFlight">Requests that wait for an answer at any time.</param>
internal sealed record LoadPlan(int Cpu, int InFlight)
{
    /// <summary>Streams of one HTTP/2 connection.</summary>
    public const int Streams = 4;
}

/// <summary>What is asked: a form is posted, or tokens are presented in turn.</summary>
/// <param name="File">Holds the form, or one token a line.</param>
internal sealed record Question(Uri Url, string File, bool IsForm);

/// <summary>What came of it.</summary>
/// <param name="Failed">Anything but a 2xx answer: other status, broken connection, timeout.</param>
/// <param name="P50">Milliseconds, as <paramref name="P99"/>.</param>
internal sealed record Outcome(long Answered, double Seconds, long Failed, double P50, double P99);
