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
    /// <param name="wanted">Where something is to listen, and by what that is chosen: an option, or a setting.</param>
    /// <exception cref="StartRefusedException">Somebody listens there, or this user may not, or this machine has no such address.</exception>
    public static void RefuseTaken(params IReadOnlyList<(IPEndPoint EndPoint, string Where)> wanted)
    {
        var held = new List<Socket>();
        try
        {
            foreach (var (endPoint, where) in wanted)
            {
                string? other = wanted.TakeWhile(one => one.Where != where).FirstOrDefault(one => AreOne(one.EndPoint, endPoint)).Where;
                held.Add(Hold(endPoint, where, other));
            }
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
        }
    }

    private static bool AreOne(IPEndPoint one, IPEndPoint other) =>
        one.Port == other.Port && (one.Address.Equals(other.Address) || IsAny(one.Address) || IsAny(other.Address));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static Socket Hold(IPEndPoint endPoint, string where, string? other)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true; // As the server does.
            socket.Bind(endPoint);
            socket.Listen();
            return socket;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new StartRefusedException((exception.SocketErrorCode, other) switch
            {
                (SocketError.AccessDenied, _) => $"Port {endPoint.Port} needs rights that this user lacks. Choose another one with {where}.",
                (SocketError.AddressAlreadyInUse, null) => $"Port {endPoint.Port} is taken by another program. Choose another one with {where}.",
                (SocketError.AddressAlreadyInUse, _) => $"{where} and {other} cannot both have port {endPoint.Port}. Choose another one for one of them.",
                _ => $"Nothing can listen on {endPoint} ({exception.Message}). Choose another address with {where}.",
            }, exception);
        }
    }
}
