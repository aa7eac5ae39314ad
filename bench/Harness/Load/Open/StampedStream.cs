using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>
/// A socket that tells when what was read last had reached it, by the kernel's clock: when the load's CPU came to read it is no doing of the server's.
/// </summary>
internal sealed class StampedStream : Stream
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

    /// <param name="socket">Connected; is disposed of with this.</param>
    public StampedStream(Socket socket)
    {
        _socket = socket;
        socket.SetRawSocketOption(SocketLevel, TimeStamp, [1, 0, 0, 0]);
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
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken); // Until there is something.
            if (TryReceive(buffer.Span, out var read)) return read;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _socket.SendAsync(buffer, SocketFlags.None, cancellationToken);

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
            return error is TryAgain or Interrupted ? false : throw new IOException($"The socket failed with error {error}.");
        }
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
