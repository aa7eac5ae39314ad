using System.Buffers.Text;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Tests.Spec.Cost;

/// <summary>
/// One connection by HTTP/1.1 over TLS that sends the same bytes again and again and takes the answers into one buffer: beside what it measures
/// it allocates next to nothing.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _socket = new() { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly SslStream _tls;

    public RawConnection(Uri server)
    {
        _socket.Connect(IPAddress.Loopback, server.Port);
#pragma warning disable CA5359 // The test's own server on the loopback.
        _tls = new SslStream(_socket.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        _tls.AuthenticateAsClient(server.Host);
    }

    /// <summary>Sends a request and reads the whole answer, which must have a <c>Content-Length</c>.</summary>
    /// <returns>The status.</returns>
    public int Send(byte[] request)
    {
        _tls.Write(request);
        var (length, head) = (0, -1);
        while (head < 0)
        {
            length += Read(length);
            head = _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
        }
        var whole = head + 4 + BodyLength(_buffer.AsSpan(0, head));
        while (length < whole) length += Read(length);
        Text = _buffer.AsMemory(0, whole);
        return Utf8Parser.TryParse(_buffer.AsSpan(9, 3), out int status, out _) ? status : 0;
    }

    /// <summary>The last answer as it came, until the next one.</summary>
    public ReadOnlyMemory<byte> Text { get; private set; }

    public void Dispose()
    {
        _tls.Dispose();
        _socket.Dispose();
    }

    public static byte[] Post(string path, string form) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n\r\n{form}");

    public static byte[] Get(string path, string token) => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nAccept: */*\r\n\r\n");

    private int Read(int offset)
    {
        var read = _tls.Read(_buffer, offset, _buffer.Length - offset);
        return read > 0 ? read : throw new IOException("The server closed the connection.");
    }

    private static int BodyLength(ReadOnlySpan<byte> head)
    {
        var name = "\r\nContent-Length: "u8;
        var at = head.IndexOf(name);
        Assert.True(at >= 0, Encoding.ASCII.GetString(head));
        return Utf8Parser.TryParse(head[(at + name.Length)..], out int value, out _) ? value : 0;
    }
}
