using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Composition;

namespace Gatehouse.Configuration;

/// <summary>Ports that a person may name.</summary>
internal static class Ports
{
    public static void Validate(OptionResult result)
    {
        if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var port) || port is < 1 or > 65535))
            result.AddError($"{result.Option.Name} takes a port from 1 to 65535.");
    }

    /// <summary>Refuses before anything is started or written, and names the option to change.</summary>
    /// <exception cref="StartRefusedException">Another program listens there, or this user may not.</exception>
    public static void RefuseTaken(int port, string option)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As the server's listener does: a connection of an earlier run that still winds down is no obstacle.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
        }
        catch (SocketException exception)
        {
            var why = exception.SocketErrorCode == SocketError.AccessDenied ? "needs rights that this user lacks" : "is taken by another program";
            throw new StartRefusedException($"Port {port} {why}. Choose another one with {option}.", exception);
        }
    }
}
