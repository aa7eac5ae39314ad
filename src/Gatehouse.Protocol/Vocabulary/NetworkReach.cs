using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Protocol.Vocabulary;

/// <summary>Which addresses belong to everybody's network, and which to somebody's own (RFC 6890).</summary>
public static class NetworkReach
{
    private static readonly IPNetwork[] Own =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
            "::/96", "64:ff9b::/32", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "fc00::/7", "fe80::/9", "ff00::/8",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>False for loopback, private, link-local, carrier, documentation and multicast addresses, and those that stand for another one.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 && !Array.Exists(Own, network => network.Contains(plain));
    }

    /// <summary>Whether a document may be fetched from here: an https URL with a host and nothing secret in it.</summary>
    public static bool IsFetchable(string url) =>
        url.Length <= 512 && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
        && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0 && uri.Host.Length > 0;
}
