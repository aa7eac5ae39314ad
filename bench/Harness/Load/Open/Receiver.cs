using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>Reads sockets without waiting, and when what it reads had reached them by the kernel's clock. One for all, on one thread.</summary>
internal sealed class Receiver
{
    /// <summary>Bytes that are read at once.</summary>
    public const int Most = 32 * 1024;

    // Of Linux: SOL_SOCKET, SO_TIMESTAMPNS (and the type of the message that holds the time), MSG_DONTWAIT, EAGAIN.
    private const int SocketLevel = 1;
    private const int TimeStamp = 35;
    private const int DoNotWait = 0x40;
    private const int TryAgain = 11;

    private readonly byte[] _data = GC.AllocateArray<byte>(Most, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(64, pinned: true);
    private readonly nint[] _place = GC.AllocateArray<nint>(2, pinned: true);

    /// <summary>Asks the kernel to note when something comes.</summary>
    public static void Prepare(Socket socket) => socket.SetRawSocketOption(SocketLevel, TimeStamp, [1, 0, 0, 0]);

    /// <returns>False: there is nothing.</returns>
    /// <param name="socket">Prepared.</param>
    /// <param name="buffer">Filled from the start.</param>
    /// <param name="read">0: nothing more will come.</param>
    /// <param name="came">A time stamp of <see cref="Stopwatch"/>: when the last part of it was there.</param>
    public bool TryReceive(SafeSocketHandle socket, Span<byte> buffer, out int read, out long came)
    {
        (_place[0], _place[1]) = (Marshal.UnsafeAddrOfPinnedArrayElement(_data, 0), Math.Min(buffer.Length, Most));
        var message = new Message
        {
            Places = Marshal.UnsafeAddrOfPinnedArrayElement(_place, 0), PlaceCount = 1,
            Control = Marshal.UnsafeAddrOfPinnedArrayElement(_control, 0), ControlLength = (nuint)_control.Length,
        };
        (read, came) = ((int)Receive(socket, ref message, DoNotWait), 0);
        if (read < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error == TryAgain ? false : throw new IOException($"The socket failed with error {error}.");
        }
        _data.AsSpan(0, read).CopyTo(buffer);
        came = StampOf(_control.AsSpan(0, (int)message.ControlLength));
        return true;
    }

    // One message: its length, level and type, then seconds and nanoseconds since 1970. Without one, as at the end of a stream, it has come now.
    private static long StampOf(ReadOnlySpan<byte> control)
    {
        if (control.Length < 32 || BinaryPrimitives.ReadInt32LittleEndian(control[8..]) != SocketLevel
            || BinaryPrimitives.ReadInt32LittleEndian(control[12..]) != TimeStamp)
            return Stopwatch.GetTimestamp();
        var came = DateTimeOffset.UnixEpoch.AddSeconds(BinaryPrimitives.ReadInt64LittleEndian(control[16..]))
            .AddTicks(BinaryPrimitives.ReadInt64LittleEndian(control[24..]) / TimeSpan.NanosecondsPerTick);
        // In this order: who is held up between the two takes the answer for a later one, not for an earlier.
        var age = TimeProvider.System.GetUtcNow() - came;
        return Stopwatch.GetTimestamp() - (long)(age.TotalSeconds * Stopwatch.Frequency);
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
