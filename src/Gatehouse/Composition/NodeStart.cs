using System.Net.Security;

namespace Gatehouse.Composition;

/// <summary>
/// Puts a node together beside the look at its store, which neither needs: on two processors a start takes half as long. The code that the first
/// connection and the first request run is warmed up meanwhile.
/// </summary>
internal sealed class NodeStart : IAsyncDisposable
{
    private readonly Task<WebApplication> _node;
    private readonly Task _trust;
    private bool _isHandedOut;

    private NodeStart(NodeOptions options)
    {
        _node = Task.Run(() => Build(options));
        // Reads the operating system's certificates, which the process keeps: 0.15 s.
        _trust = Task.Run(() => SslStreamCertificateContext.Create(options.Certificate, options.Chain, offline: true));
    }

    /// <summary>Begins; nothing listens and nothing asks the store before the node is started.</summary>
    public static NodeStart Begin(NodeOptions options) => new(options);

    /// <summary>The node, ready to be started; from now on it is the caller's.</summary>
    public async Task<WebApplication> FinishAsync()
    {
        await Task.WhenAll(_node, _trust);
        _isHandedOut = true;
        return await _node;
    }

    /// <summary>When the start was refused meanwhile: what was begun is waited for and thrown away, and what went wrong with it matters no more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isHandedOut) return;
        await ((Task)Task.WhenAll(_node, _trust)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_node.IsCompletedSuccessfully) await (await _node).DisposeAsync();
    }

    // The routing builds its own endpoints at the first request; these only make that quick.
    private static WebApplication Build(NodeOptions options)
    {
        var node = Node.Build(options);
        foreach (var source in ((IEndpointRouteBuilder)node).DataSources) _ = source.Endpoints.Count;
        return node;
    }
}
