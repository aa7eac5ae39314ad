using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>Ports of this machine's loopback.</summary>
internal static class Ports
{
    /// <summary>One on which nobody listens now.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsTaken(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
