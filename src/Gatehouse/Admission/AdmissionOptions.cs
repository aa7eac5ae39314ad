namespace Gatehouse.Admission;

/// <summary>How much a node takes on before it says no.</summary>
public sealed record AdmissionOptions
{
    /// <summary>How long work may wait for a thread, again and again, before some requests are refused; zero: nothing is refused. Default 100 ms.</summary>
    public TimeSpan TargetWait { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The most connections of each listener at one time, 1 or more; one more is closed before its TLS handshake. Default 10,000.</summary>
    public int MaxConnections { get; init; } = 10_000;
}
