using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>
/// One keep-alive connection over TLS 1.3, HTTP/1.1, one request at a time, all of it on the thread of its loop. When it breaks it is made anew.
/// </summary>
internal sealed class OpenConnection
{
    private const int LargestAnswer = 16 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(1);

    private readonly Uri _url;
    private readonly byte[] _request;
    private readonly Dispatcher _dispatcher;
    private readonly Loop _loop;
    private readonly byte[] _answer = new byte[LargestAnswer];
    private SslStream? _stream;
    private StampedStream? _wire;
    private bool _isBroken;

    /// <param name="url">What is asked.</param>
    /// <param name="request">Head and body as they go out.</param>
    /// <param name="dispatcher">Who is told of answers.</param>
    /// <param name="loop">Whose thread it is.</param>
    public OpenConnection(Uri url, byte[] request, Dispatcher dispatcher, Loop loop)
    {
        (_url, _request, _dispatcher, _loop) = (url, request, dispatcher, loop);
        Place = new LinkedListNode<OpenConnection>(this);
    }

    /// <summary>Where it stands among those whose request has no answer yet. The dispatcher's.</summary>
    public LinkedListNode<OpenConnection> Place { get; }

    /// <summary>When the request that waits for an answer was due; 0: none does.</summary>
    public long Due { get; private set; }

    public bool IsOpen => _stream is not null;

    /// <summary>Whether it stands among those that are free. The dispatcher's.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>When the request that has no answer yet was sent; 0: there is none. The dispatcher's, likewise.</summary>
    public long Sent { get; set; }

    /// <summary>Opens it and reads its answers for as long as the loop runs.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            try
            {
                await ServeAsync();
            }
            catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException)
            {
                if (!_isBroken) _dispatcher.Broken(isMended: false);
                (_stream, _isBroken) = (null, true);
                Fail();
                await _loop.DelayAsync(Pause); // A server that closes at once must not be asked without one.
            }
        }
    }

    /// <summary>Only when it is free.</summary>
    public void Send(long due)
    {
        Due = due;
        _ = WriteAsync();
    }

    private async Task WriteAsync()
    {
        try
        {
            await _stream!.WriteAsync(_request);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            Fail();
            _wire!.Break();
        }
    }

    private void Fail()
    {
        if (Due == 0) return;
        _dispatcher.Failed(this, Due);
        Due = 0;
    }

    private async Task ServeAsync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await ConnectAsync(socket);
        await using var wire = new StampedStream(socket, _loop);
        await using var stream = new SslStream(wire);
        var options = new SslClientAuthenticationOptions { TargetHost = _url.Host, EnabledSslProtocols = SslProtocols.Tls13 };
#pragma warning disable CA5359 // It loads a server that was probed with the certificate checked; each check would be the generator's time.
        options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        await stream.AuthenticateAsClientAsync(options);
        (_stream, _wire) = (stream, wire);
        if (_isBroken) _dispatcher.Broken(isMended: true);
        _isBroken = false;
        while (true)
        {
            _dispatcher.Free(this);
            var status = await ReadAnswerAsync(stream);
            _dispatcher.Answered(this, Due, wire.Came, status);
            Due = 0;
        }
    }

    // Who is not let in for long must hold up nobody else: a thread of its own waits for it. Were it awaited, .NET's own epoll would wake for each answer, too.
    private async Task ConnectAsync(Socket socket)
    {
        var connecting = Task.Factory.StartNew(
            () => socket.Connect(_url.Host, _url.Port), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!connecting.IsCompleted) await _loop.DelayAsync(Glance);
        await connecting;
    }

    private async ValueTask<int> ReadAnswerAsync(SslStream stream)
    {
        var (length, whole) = (0, int.MaxValue);
        while (length < whole)
        {
            var read = await stream.ReadAsync(_answer.AsMemory(length));
            if (read == 0) throw new IOException("The server closed the connection.");
            length += read;
            if (whole == int.MaxValue) whole = LengthOf(_answer.AsSpan(0, length));
        }
        return Utf8Parser.TryParse(_answer.AsSpan("HTTP/1.1 ".Length, 3), out int status, out _) ? status : 0;
    }

    // Of the head and what Content-Length says; the head may not be there yet.
    private static int LengthOf(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return answer.Length < LargestAnswer ? int.MaxValue : throw new BenchException("An answer has a head of 16 KB.");
        var field = answer[..head].IndexOf("\r\nContent-Length: "u8);
        if (field < 0) field = answer[..head].IndexOf("\r\ncontent-length: "u8); // HAProxy writes all names so.
        if (field < 0 || !Utf8Parser.TryParse(answer[(field + "\r\nContent-Length: ".Length)..head], out int body, out _)) body = NoLength(answer[..head]);
        var whole = head + 4 + body;
        return whole <= LargestAnswer ? whole : throw new BenchException("An answer is longer than 16 KB.");
    }

    private static int NoLength(ReadOnlySpan<byte> head) => throw new BenchException(
        $"The generator of the open loop reads answers with a Content-Length only:\n{System.Text.Encoding.ASCII.GetString(head)}");
}
