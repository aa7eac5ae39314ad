using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Gatehouse.Composition;

/// <summary>
/// Behind a trusted proxy every request comes from the proxy's address, and limits per address would be limits for everybody together: from
/// there, and from nowhere else, <c>X-Forwarded-For</c> says who calls. The nearest address that is no trusted proxy counts.
/// </summary>
internal static class ForwardedAddresses
{
    public static void UseForwardedAddresses(this IApplicationBuilder app, IReadOnlyList<System.Net.IPNetwork> trustedProxies)
    {
        if (trustedProxies.Count == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear(); // The loopback is in it by default.
        options.KnownIPNetworks.Clear();
        foreach (var network in trustedProxies) options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }
}
