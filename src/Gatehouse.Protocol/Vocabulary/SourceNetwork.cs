using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Protocol.Vocabulary;

/// <summary>What attempts from one source are counted by.</summary>
public static class SourceNetwork
{
    /// <summary>The address itself for IPv4. A host owns a whole /64 of IPv6: counting single addresses would count nothing.</summary>
    public static IPAddress Of(IPAddress source)
    {
        if (source.IsIPv4MappedToIPv6) return source.MapToIPv4();
        if (source.AddressFamily != AddressFamily.InterNetworkV6) return source;
        Span<byte> bytes = stackalloc byte[16];
        source.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
