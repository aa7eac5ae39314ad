using System.Net.Sockets;
using Gatehouse.Store.Database;

namespace Gatehouse.Composition;

/// <summary>The program cannot go on; the message is one line that says what to do.</summary>
public sealed class StartRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Starts a node, tells when it answers, and waits until it is asked to stop.</summary>
internal static class NodeRunner
{
    public static async Task RunAsync(WebApplication node, NodeOptions options, Func<Task> whenReady)
    {
        await using (node)
        {
            try
            {
                if (!await BeginAsync(node, whenReady)) return;
            }
            // The ports were free a moment before.
            catch (Exception exception) when (Innermost(exception) is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                throw new StartRefusedException(
                    $"Port {options.AuthEndPoint?.Port} or {options.GatewayEndPoint?.Port}{Mutual(options)} is taken by another program. End it, or choose others.", exception);
            }
            await node.WaitForShutdownAsync();
        }
    }

    /// <summary>
    /// Starts it; one that cannot be started is stopped. What works in the background had begun by then, and would be told as a fault of its own when the node
    /// is taken from under it.
    /// </summary>
    /// <returns>False: it was asked to stop meanwhile, and has.</returns>
    internal static async Task<bool> BeginAsync(IHost node, Func<Task> whenReady)
    {
        var asked = node.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            await node.StartAsync();
            SocketsThread.LetOthersFinish();
            await whenReady();
            return true;
        }
        catch (Exception exception)
        {
            var wasAsked = exception is OperationCanceledException && asked.IsCancellationRequested; // Stopping it asks it as well.
            // Why it did not start is what there is to tell, and not that it did not stop either.
            await node.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (wasAsked) return false;
            throw;
        }
    }

    private static string Mutual(NodeOptions options) => options.ClientCertificates.EndPoint is { } mutual ? $" or {mutual.Port}" : string.Empty;

    /// <summary>Runs a command and turns what it refuses into one line and an exit code: 0 done, 1 refused.</summary>
    public static async Task<int> GuardAsync(Func<Task> command)
    {
        try
        {
            await command();
            return 0;
        }
        catch (Exception exception) when (exception is StartRefusedException or StoreUnusableException)
        {
            await Console.Error.WriteLineAsync($"gatehouse: {exception.Message}");
            return 1;
        }
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner) exception = inner;
        return exception;
    }
}
