using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Tests.Spec.Cost;

/// <summary>An API that answers every request by the same bytes and allocates nothing for it: requests without a body, one after another.</summary>
internal sealed class RawUpstream : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public RawUpstream()
    {
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.AcceptSocket();
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // It has been disposed of.
        }
    }

    private static void Serve(Socket socket)
    {
        using (socket)
        {
            socket.NoDelay = true;
            var buffer = new byte[16 * 1024];
            var length = 0;
            try
            {
                for (int read; (read = socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None)) > 0;)
                {
                    length += read;
                    if (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) continue;
                    length = 0;
                    socket.Send(Answer);
                }
            }
            catch (SocketException)
            {
                // The other side has gone.
            }
        }
    }
}
