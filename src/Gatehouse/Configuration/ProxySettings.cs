using System.Net;

namespace Gatehouse.Configuration;

/// <summary>The settings that name proxies: addresses and networks, separated by commas. By default no proxy is trusted with anything.</summary>
internal static class ProxySettings
{
    /// <summary>From where <c>X-Forwarded-For</c> counts.</summary>
    public const string AddressesKey = "TrustedProxies";

    public static List<IPNetwork> Read(Settings settings, string key)
    {
        var networks = new List<IPNetwork>();
        foreach (var word in settings.List(key))
        {
            if (IPNetwork.TryParse(word, out var network)) networks.Add(network);
            else if (IPAddress.TryParse(word, out var address)) networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else settings.Add($"{key}: '{word}' is no address and no network such as 10.1.0.0/16.");
        }
        return networks;
    }
}
