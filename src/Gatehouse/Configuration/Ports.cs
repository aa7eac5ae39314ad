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

    /// <summary>Refuses before anything is started or written, and names what to change.</summary>
    /// <param name="endPoint">Where something is to listen.</param>
    /// <param name="where">By what another port is chosen: an option, or a file.</param>
    /// <exception cref="StartRefusedException">Another program listens there, or this user may not, or this machine has no such address.</exception>
    public static void RefuseTaken(IPEndPoint endPoint, string where)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As the server's listener does: a connection of an earlier run that still winds down is no obstacle.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(endPoint);
            socket.Listen();
        }
        catch (SocketException exception)
        {
            throw new StartRefusedException(exception.SocketErrorCode switch
            {
                SocketError.AccessDenied => $"Port {endPoint.Port} needs rights that this user lacks. Choose another one with {where}.",
                SocketError.AddressAlreadyInUse => $"Port {endPoint.Port} is taken by another program. Choose another one with {where}.",
                _ => $"Nothing can listen on {endPoint} ({exception.Message}). Choose another address with {where}.",
            }, exception);
        }
    }
}
