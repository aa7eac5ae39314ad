using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>
/// All that the generator does, on one thread, by epoll. That leaves its CPU room for the machine's services, which would go to the server's otherwise: two
/// threads, one that sends and one that reads, kept it busy all the time.
/// </summary>
internal sealed class Loop
{
    // Of Linux: EPOLL_CTL_ADD; EPOLLIN, EPOLLRDHUP and EPOLLET, which tells of each arrival once.
    private const int Add = 1;
    private const uint Arrivals = 0x1 | 0x2000 | 0x80000000;
    private const int MostAtOnce = 64;
    private const long NanosPerSecond = 1_000_000_000;

    // An event is a mask and a number of the caller's, packed on x86-64 alone.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int _epoll = Checked(Create(0));
    private readonly byte[] _events = new byte[MostAtOnce * 16];
    private readonly List<StampedStream> _streams = [];
    private readonly List<(long Due, TaskCompletionSource Reached)> _delays = [];
    private int _next;
    private int _count;

    /// <summary>Tells the stream of what arrives.</summary>
    public void Watch(StampedStream stream, SafeSocketHandle socket)
    {
        _streams.Add(stream);
        var wanted = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(wanted, Arrivals);
        BinaryPrimitives.WriteInt32LittleEndian(wanted.AsSpan(EventSize - 8), _streams.Count - 1);
        Checked(Control(_epoll, Add, socket, wanted));
    }

    /// <summary>Goes on on this thread when the time has passed.</summary>
    public Task DelayAsync(TimeSpan time)
    {
        var reached = new TaskCompletionSource();
        _delays.Add((Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency), reached));
        return reached.Task;
    }

    /// <param name="due">A time stamp of <see cref="Stopwatch"/>.</param>
    public void RunUntil(long due)
    {
        while (Stopwatch.GetTimestamp() < due) RunOnce(due);
    }

    public void RunUntil(Func<bool> isSo)
    {
        while (!isSo()) RunOnce(Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 1000));
    }

    // One arrival at a time: what is due meanwhile must not wait for all of them.
    private void RunOnce(long due)
    {
        if (_next == _count)
        {
            var nanos = Math.Max(0, due - Stopwatch.GetTimestamp()) * (NanosPerSecond / Stopwatch.Frequency);
            var time = new TimeSpec { Seconds = nanos / NanosPerSecond, Nanos = nanos % NanosPerSecond };
            (_next, _count) = (0, Math.Max(0, Wait(_epoll, _events, MostAtOnce, ref time, 0, 0)));
            if (_delays.Count > 0) Rest();
        }
        else _streams[BinaryPrimitives.ReadInt32LittleEndian(_events.AsSpan((EventSize * ++_next) - 8))].Arrive();
    }

    private void Rest()
    {
        for (var place = _delays.Count - 1; place >= 0; place--)
        {
            var (due, reached) = _delays[place];
            if (due > Stopwatch.GetTimestamp()) continue;
            _delays.RemoveAt(place);
            reached.SetResult();
        }
    }

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Create(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int epoll, int operation, SafeSocketHandle socket, byte[] wanted);

    [DllImport("libc", EntryPoint = "epoll_pwait2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Wait(int epoll, [Out] byte[] events, int most, ref TimeSpec time, nint signals, nuint size);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanos;
    }
}
