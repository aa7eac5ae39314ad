using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Gatehouse.Tests.Shared;

/// <summary>Ports that nobody listens on; none is given out twice, also not by another run beside this one.</summary>
internal static class FreePorts
{
    // Linux gives ports from 32768 upwards to connections and to whom any port will do: one of those may be taken between this look and its use.
    private const int First = 20_000;
    private const int End = 32_000;

    // Who holds the port's datagram socket here has been given the port. It is held until the process ends.
    private static readonly IPAddress Register = IPAddress.Parse("127.0.0.77");
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
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ExclusiveAddressUse = true };
        if (!TryBind(socket, new IPEndPoint(Register, port))) return false;
        lock (Held) Held.Add(socket);
        return true;
    }

    private static bool IsFree(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var isFree = TryBind(socket, new IPEndPoint(IPAddress.Loopback, port));
        socket.Dispose();
        return isFree;
    }

    private static bool TryBind(Socket socket, IPEndPoint endPoint)
    {
        try
        {
            socket.Bind(endPoint);
            return true;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }
    }
}
