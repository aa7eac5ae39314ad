using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>
/// All that the generator does, on one thread, by epoll. That leaves its CPU room for the machine's services, which would go to the server's otherwise: two
/// threads, one that sends and one that reads, kept it busy all the time.
/// </summary>
internal sealed class Loop
{
    // Of Linux: EPOLL_CTL_ADD; EPOLLIN, EPOLLRDHUP and EPOLLET, which tells of each arrival once; EPOLLERR and EPOLLHUP, of which it tells unasked; EINTR.
    private const int Add = 1;
    private const uint Arrivals = 0x1 | Ends | 0x80000000;
    private const uint Ends = 0x2000;
    private const uint Breaks = 0x8 | 0x10;
    private const int Interrupted = 4;
    private const int MostAtOnce = 64;

    // An event is a mask and a number of the caller's, packed on x86-64 alone.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int _epoll = Checked(Create(0));
    private readonly byte[] _events = new byte[MostAtOnce * 16];
    private readonly Dictionary<int, StampedStream> _streams = [];
    private readonly List<(long Due, TaskCompletionSource Reached)> _delays = [];
    private Exception? _failure;
    private int _ids;
    private int _next;
    private int _count;

    public Loop() => FineSleep.Prepare();

    public Receiver Receiver { get; } = new();

    /// <summary>Tells the stream of what arrives.</summary>
    /// <returns>What to forget it by.</returns>
    public int Watch(StampedStream stream, SafeSocketHandle socket)
    {
        _streams.Add(++_ids, stream);
        var wanted = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(wanted, Arrivals);
        BinaryPrimitives.WriteInt32LittleEndian(wanted.AsSpan(EventSize - 8), _ids);
        Checked(Control(_epoll, Add, socket, wanted));
        return _ids;
    }

    public void Forget(int id) => _streams.Remove(id);

    /// <summary>Ends the run with the failure of a task that must not fail.</summary>
    public void Mind(Task task) => _ = task.ContinueWith(
        failed => _failure = failed.Exception!.InnerException, CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

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

    /// <returns>Whether it came to be so in that time.</returns>
    public bool RunUntil(Func<bool> isSo, TimeSpan most)
    {
        var (begin, soon) = (Stopwatch.GetTimestamp(), Stopwatch.Frequency / 1000);
        while (!isSo() && Stopwatch.GetElapsedTime(begin) < most) RunOnce(Stopwatch.GetTimestamp() + soon);
        return isSo();
    }

    // One arrival, or one delay, at a time: what is due meanwhile must not wait for all of them.
    private void RunOnce(long due)
    {
        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
        if (_next < _count) TellNext();
        else (_next, _count) = (0, WaitUntil(EndDelay() ? 0 : NextOf(due)));
    }

    private void TellNext()
    {
        var told = _events.AsSpan(EventSize * _next++, EventSize);
        var mask = BinaryPrimitives.ReadUInt32LittleEndian(told);
        if (_streams.TryGetValue(BinaryPrimitives.ReadInt32LittleEndian(told[(EventSize - 8)..]), out var stream))
            stream.Arrive(isLast: (mask & (Ends | Breaks)) != 0);
    }

    private bool EndDelay()
    {
        if (_delays.Count == 0) return false;
        var now = Stopwatch.GetTimestamp();
        var place = _delays.FindIndex(delay => delay.Due <= now);
        if (place < 0) return false;
        var reached = _delays[place].Reached;
        _delays.RemoveAt(place);
        reached.SetResult();
        return true;
    }

    private long NextOf(long due)
    {
        foreach (var delay in _delays) due = Math.Min(due, delay.Due);
        return due;
    }

    private int WaitUntil(long due)
    {
        var time = TimeSpec.Until(due);
        var count = Wait(_epoll, _events, MostAtOnce, ref time, 0);
        if (count >= 0) return count;
        return Marshal.GetLastPInvokeError() == Interrupted ? 0 : Checked(count);
    }

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Create(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int epoll, int operation, SafeSocketHandle socket, byte[] wanted);

    [DllImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Wait(int epoll, [Out] byte[] events, int most, ref TimeSpec time, nint signals);
}
