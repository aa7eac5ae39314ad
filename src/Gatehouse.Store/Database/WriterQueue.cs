using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Gatehouse.Store.Database;

/// <summary>
/// One writer at a time per SQLite file. SQLite itself has one, but who waits in its way asks again every 150 ms without an order, so that
/// some starve and all are slow: in this process writers queue here first.
/// </summary>
internal sealed class WriterQueue
{
    private static readonly ConcurrentDictionary<string, WriterQueue> Queues = new(StringComparer.Ordinal);

    private readonly Channel<Turn> _turns = Channel.CreateBounded<Turn>(1);

    private WriterQueue() => new Turn(_turns.Writer).Dispose();

    /// <summary>The queue of the database that the connection string names.</summary>
    public static WriterQueue Of(string connectionString) => Queues.GetOrAdd(connectionString, _ => new WriterQueue());

    /// <summary>Waits for the turn; disposing it hands it on.</summary>
    public async Task<IDisposable> WaitAsync(CancellationToken cancellation) => await _turns.Reader.ReadAsync(cancellation);

    /// <summary>There is one, and who is done hands it on.</summary>
    private sealed class Turn(ChannelWriter<Turn> next) : IDisposable
    {
        public void Dispose() => next.TryWrite(this);
    }
}
