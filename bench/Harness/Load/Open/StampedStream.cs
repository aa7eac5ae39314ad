using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>
/// A socket that tells when what was read last had reached it, by the kernel's clock: when the load's CPU came to read it is no doing of the server's.
/// </summary>
internal sealed class StampedStream : Stream, IValueTaskSource
{
    private readonly Socket _socket;
    private readonly Loop _loop;
    private readonly int _id;
    private ManualResetValueTaskSourceCore<bool> _arrival;
    private bool _isAwaited;
    private bool _hasSome;
    private bool _hasEnded;
    private bool _isBroken;

    /// <param name="socket">Connected; is disposed of with this.</param>
    /// <param name="loop">Tells of what arrives.</param>
    public StampedStream(Socket socket, Loop loop)
    {
        (_socket, _loop) = (socket, loop);
        socket.Blocking = false;
        Receiver.Prepare(socket);
        _id = loop.Watch(this, socket.SafeHandle);
    }

    /// <summary>When the last part of what was read last was there: a time stamp of <see cref="Stopwatch"/>.</summary>
    public long Came { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (!_hasSome)
            {
                _arrival.Reset();
                _isAwaited = true;
                await new ValueTask(this, _arrival.Version);
            }
            if (_isBroken) throw new IOException("Writing to it failed.");
            if (buffer.IsEmpty) return 0; // Who asks for nothing waits until there is something.
            _hasSome = _loop.Receiver.TryReceive(_socket.SafeHandle, buffer.Span, out var read, out var came);
            if (!_hasSome) continue;
            Came = came;
            _hasSome = _hasEnded || read == Math.Min(buffer.Length, Receiver.Most); // Less than there was room for: the next arrival will be told.
            return read;
        }
    }

    // What is asked is shorter than any buffer of the kernel's.
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _socket.Send(buffer.Span) == buffer.Length ? ValueTask.CompletedTask : throw new IOException("The kernel did not take it all.");

    /// <summary>There is something to read.</summary>
    /// <param name="isLast">There never will be more.</param>
    public void Arrive(bool isLast)
    {
        (_hasSome, _hasEnded) = (true, _hasEnded || isLast);
        if (!_isAwaited) return;
        _isAwaited = false;
        _arrival.SetResult(true);
    }

    /// <summary>Its reader sees that it failed.</summary>
    public void Break()
    {
        _isBroken = true;
        Arrive(isLast: true);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    void IValueTaskSource.GetResult(short token) => _arrival.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _arrival.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _arrival.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _loop.Forget(_id);
            _socket.Dispose();
        }
        base.Dispose(disposing);
    }
}
