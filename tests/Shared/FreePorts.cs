using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Gatehouse.Tests.Shared;

/// <summary>Ports that nobody listens on; none is given out twice, also not by another run beside this one.</summary>
internal static class FreePorts
{
    // By default Linux gives ports from 32768 upwards to connections and to whom any port will do: one of those may be taken between this look and its use.
    private const int First = 20_000;
    private const int End = 30_000;

    // Who holds the port's datagram socket has been given the port, until the process ends.
    private static readonly List<Socket> Held = [];

    public static int Take()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            if (TryHold(port) && IsFree(port)) return port;
        }
    }

    private static bool TryHold(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        if (!TryBind(socket, port)) return false;
        lock (Held) Held.Add(socket);
        return true;
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        return TryBind(socket, port);
    }

    private static bool TryBind(Socket socket, int port)
    {
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            if (socket.SocketType == SocketType.Stream) socket.Listen(); // Some systems let two bind.
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            socket.Dispose();
            return false;
        }
    }
}
