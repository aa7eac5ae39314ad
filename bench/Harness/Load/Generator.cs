using System.Net;

namespace Gatehouse.Bench.Harness.Load;

/// <summary>The version of HTTP, by the program that speaks it.</summary>
internal static class Generator
{
    public const string Http1 = "h1";
    public const string Http2 = "h2";

    public static Version VersionOf(string protocol) => protocol == Http1 ? HttpVersion.Version11 : HttpVersion.Version20;

    public static Task<Outcome> RunAsync(
        string protocol, Question question, LoadPlan plan, int seconds, string folder, CancellationToken cancellation) => protocol == Http1
        ? Wrk.RunAsync(question, plan, seconds, cancellation)
        : H2Load.RunAsync(question, plan, seconds, folder, cancellation);
}
