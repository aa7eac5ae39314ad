using System.Collections.Frozen;

namespace Gatehouse.Client;

/// <summary>Scheme, host and port of an https address (RFC 6454 §4): what a token is bound to.</summary>
internal readonly record struct Origin
{
    private readonly string _host;
    private readonly int _port;

    private Origin(Uri address) => (_host, _port) = (address.IdnHost, address.Port);

    /// <summary>The origin, or null for a relative address and for every scheme but https.</summary>
    public static Origin? Of(Uri? address) =>
        address is { IsAbsoluteUri: true } && address.Scheme == Uri.UriSchemeHttps && address.Host.Length > 0 ? new Origin(address) : null;

    public override string ToString() => $"https://{_host}:{_port}";
}

/// <summary>The only places that the token may be sent to.</summary>
internal sealed class ApiOrigins(IEnumerable<Uri> addresses)
{
    private readonly FrozenSet<Origin> _allowed = addresses.Select(address => Origin.Of(address)).OfType<Origin>().ToFrozenSet();

    /// <exception cref="InvalidOperationException">The request would go elsewhere, unencrypted, or with an Authorization header of its
    /// own.</exception>
    public void Admit(HttpRequestMessage request)
    {
        if (Origin.Of(request.RequestUri) is not { } target)
            throw new InvalidOperationException("The access token is sent to absolute https addresses only. Nothing was sent.");
        if (!_allowed.Contains(target))
            throw new InvalidOperationException(
                $"{target} is not among the configured API origins ({string.Join(", ", _allowed)}), so it does not get the access token. "
                + "Nothing was sent.");
        // Proxies route by the Host header and TLS checks the certificate against it: it can name another host than the address does.
        if (request.Headers.Host is { } host
            && (!Uri.TryCreate("https://" + host, UriKind.Absolute, out var named) || Origin.Of(named) != target))
            throw new InvalidOperationException($"The Host header names another host than {target}. Nothing was sent.");
        if (request.Headers.Contains("Authorization"))
            throw new InvalidOperationException(
                "The request already has an Authorization header, which this handler sets itself: remove it, or use a client without this "
                + "handler. Nothing was sent.");
    }
}
