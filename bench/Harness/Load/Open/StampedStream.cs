using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>
/// A socket that tells when what was read last had reached it, by the kernel's clock: when the load's CPU came to read it is no doing of the server's.
/// </summary>
internal sealed class StampedStream : Stream, IValueTaskSource
{
    // Of Linux: SOL_SOCKET, SO_TIMESTAMPNS (and the type of the message that holds the time), MSG_DONTWAIT, EAGAIN, EINTR.
    private const int SocketLevel = 1;
    private const int TimeStamp = 35;
    private const int DoNotWait = 0x40;
    private const int TryAgain = 11;
    private const int Interrupted = 4;

    private readonly Socket _socket;
    private readonly byte[] _data = GC.AllocateArray<byte>(16 * 1024, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(64, pinned: true);
    private readonly nint[] _place = GC.AllocateArray<nint>(2, pinned: true);
    private ManualResetValueTaskSourceCore<bool> _arrival;
    private bool _isAwaited;
    private bool _hasSome;

    /// <param name="socket">Connected; is disposed of with this.</param>
    /// <param name="loop">Tells of what arrives.</param>
    public StampedStream(Socket socket, Loop loop)
    {
        _socket = socket;
        socket.Blocking = false;
        socket.SetRawSocketOption(SocketLevel, TimeStamp, [1, 0, 0, 0]);
        loop.Watch(this, socket.SafeHandle);
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
            if (TryReceive(buffer.Span, out var read)) return read;
        }
    }

    // What is asked is shorter than any buffer of the kernel's.
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _socket.Send(buffer.Span) == buffer.Length ? ValueTask.CompletedTask : throw new IOException("The kernel did not take it all.");

    /// <summary>There is something to read, or never will be.</summary>
    public void Arrive()
    {
        _hasSome = true;
        if (!_isAwaited) return;
        _isAwaited = false;
        _arrival.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _arrival.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _arrival.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _arrival.OnCompleted(continuation, state, token, flags);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _socket.Dispose();
        base.Dispose(disposing);
    }

    private bool TryReceive(Span<byte> buffer, out int read)
    {
        (_place[0], _place[1]) = (Marshal.UnsafeAddrOfPinnedArrayElement(_data, 0), Math.Min(buffer.Length, _data.Length));
        var message = new Message
        {
            Places = Marshal.UnsafeAddrOfPinnedArrayElement(_place, 0), PlaceCount = 1,
            Control = Marshal.UnsafeAddrOfPinnedArrayElement(_control, 0), ControlLength = (nuint)_control.Length,
        };
        read = (int)Receive(_socket.SafeHandle, ref message, DoNotWait);
        if (read < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == TryAgain) _hasSome = false;
            return error is TryAgain or Interrupted ? false : throw new IOException($"The socket failed with error {error}.");
        }
        _hasSome = read == 0 || read == (int)_place[1]; // Less than there was room for: the next arrival will be told.
        _data.AsSpan(0, read).CopyTo(buffer);
        Came = Stopwatch.GetTimestamp() - AgeOf(_control.AsSpan(0, (int)message.ControlLength));
        return true;
    }

    // One message: its length, level and type, then seconds and nanoseconds since 1970.
    private static long AgeOf(ReadOnlySpan<byte> control)
    {
        if (control.Length < 32 || BinaryPrimitives.ReadInt32LittleEndian(control[8..]) != SocketLevel
            || BinaryPrimitives.ReadInt32LittleEndian(control[12..]) != TimeStamp)
            return 0;
        var came = DateTimeOffset.UnixEpoch.AddSeconds(BinaryPrimitives.ReadInt64LittleEndian(control[16..]))
            .AddTicks(BinaryPrimitives.ReadInt64LittleEndian(control[24..]) / TimeSpan.NanosecondsPerTick);
        return (long)((TimeProvider.System.GetUtcNow() - came).TotalSeconds * Stopwatch.Frequency);
    }

    [DllImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Receive(SafeSocketHandle socket, ref Message message, int flags);

    /// <summary>Linux's <c>msghdr</c> on 64 bits.</summary>
    private struct Message
    {
        public nint Name;
        public uint NameLength;
        public nint Places;
        public nuint PlaceCount;
        public nint Control;
        public nuint ControlLength;
        public int Flags;
    }
}
