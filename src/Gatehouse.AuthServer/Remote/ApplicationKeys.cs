using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Remote;

/// <summary>The keys that an application signs with, registered by value or published under its URL; and the algorithms that are taken from it.</summary>
public sealed class ApplicationKeys(RemoteKeys remoteKeys)
{
    /// <summary>The algorithms that are taken from some application.</summary>
    public static IReadOnlyList<string> Algorithms => PublicJwk.AllAlgorithms;

    public static IReadOnlyList<string> AlgorithmsOf(RegisteredApplication application) => application.IsFapi ? SigningAlgorithms.Fapi : Algorithms;

    /// <param name="application">The application.</param>
    /// <param name="kid">The key that is looked for; null for any.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public ValueTask<JwkSet> FindAsync(RegisteredApplication application, string? kid, CancellationToken cancellation) =>
        application.JwksUri.Length == 0 ? new(application.Keys) : remoteKeys.FindAsync(application.JwksUri, kid, cancellation);
}
