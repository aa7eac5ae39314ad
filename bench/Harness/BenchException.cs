namespace Gatehouse.Bench.Harness;

/// <summary>A measurement that cannot be made, or does not count; the message says why.</summary>
internal sealed class BenchException(string message) : Exception(message);
