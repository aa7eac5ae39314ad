using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>One keep-alive connection over TLS 1.3, HTTP/1.1, one request at a time. When it breaks it is made anew.</summary>
/// <param name="url">What is asked.</param>
/// <param name="request">Head and body as they go out.</param>
/// <param name="dispatcher">Who is told of answers.</param>
internal sealed class OpenConnection(Uri url, byte[] request, Dispatcher dispatcher)
{
    private const int LargestAnswer = 16 * 1024;

    private readonly byte[] _answer = new byte[LargestAnswer];
    private volatile SslStream? _stream;
    private long _due;

    /// <summary>When the request that waits for an answer was due; 0: none does.</summary>
    public long Due => Volatile.Read(ref _due);

    public bool IsOpen => _stream is not null;

    /// <summary>Whether it stands among those that are free. The dispatcher's, under its lock.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>When the request that has no answer yet was sent; 0: there is none. The dispatcher's, likewise.</summary>
    public long Sent { get; set; }

    /// <summary>Opens it and reads its answers until the end of the run.</summary>
    /// <param name="opened">Told once, after the first handshake.</param>
    /// <param name="cancellation">The end of the run.</param>
    public async Task RunAsync(Action opened, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await ServeAsync(opened, cancellation);
            }
            catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException or OperationCanceledException)
            {
                _stream = null;
                if (cancellation.IsCancellationRequested) return;
                if (Interlocked.Exchange(ref _due, 0) is var due and not 0) dispatcher.Failed(this, due);
                // A server that closes at once must not be asked in a tight loop.
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            }
        }
    }

    /// <summary>Only when it is free.</summary>
    public void Send(long due)
    {
        _due = due;
        _ = WriteAsync(_stream, due);
    }

    private async Task WriteAsync(SslStream? stream, long due)
    {
        try
        {
            if (stream is null) throw new IOException("It was closed just now.");
            await stream.WriteAsync(request);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Its reader sees the same; whoever is first tells it.
            if (Interlocked.CompareExchange(ref _due, 0, due) == due) dispatcher.Failed(this, due);
        }
    }

    private async Task ServeAsync(Action opened, CancellationToken cancellation)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(url.Host, url.Port, cancellation);
        await using var wire = new StampedStream(socket);
        await using var stream = new SslStream(wire);
        var options = new SslClientAuthenticationOptions { TargetHost = url.Host, EnabledSslProtocols = SslProtocols.Tls13 };
#pragma warning disable CA5359 // It loads a server that was probed with the certificate checked; each check would be the generator's time.
        options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        await stream.AuthenticateAsClientAsync(options, cancellation);
        _stream = stream;
        opened();
        while (true)
        {
            dispatcher.Free(this);
            var status = await ReadAnswerAsync(stream, cancellation);
            dispatcher.Answered(this, Interlocked.Exchange(ref _due, 0), wire.Came, status);
        }
    }

    private async ValueTask<int> ReadAnswerAsync(SslStream stream, CancellationToken cancellation)
    {
        var (length, whole) = (0, int.MaxValue);
        while (length < whole)
        {
            var read = await stream.ReadAsync(_answer.AsMemory(length), cancellation);
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
