using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Demo;

/// <summary>One demo for all journeys that leave it as they found it.</summary>
public sealed class SharedDemo : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningDemo? _demo;

    internal RunningDemo Demo => _demo!;

    internal DemoFacts Facts => Demo.Facts;

    /// <summary>What a person sets so that curl trusts the demo without further options.</summary>
    internal IReadOnlyDictionary<string, string> TrustingCurl => new Dictionary<string, string> { ["CURL_CA_BUNDLE"] = Facts.CaFile };

    public async ValueTask InitializeAsync() => _demo = await RunningDemo.StartAsync(_folder.File("data"));

    public async ValueTask DisposeAsync()
    {
        if (_demo is not null) await _demo.DisposeAsync();
        _folder.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class DemoJourneys : ICollectionFixture<SharedDemo>
{
    public const string Name = "Demo";
}
