using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Composition;

namespace Gatehouse.Configuration;

/// <summary>The settings of client certificates. By default none are asked for.</summary>
internal static class CertificateSettings
{
    public const string EndPointKey = "Listen:Mtls";
    public const string UrlKey = "MtlsUrl";

    private const string AuthoritiesKey = "Tls:ClientCaFile";
    private const string ProxiesKey = "Tls:CertificateProxies";
    private const string GatewayKey = "Gateway:AskForClientCertificate";

    public static IReadOnlyList<string> Keys { get; } = [EndPointKey, UrlKey, AuthoritiesKey, ProxiesKey, GatewayKey];

    /// <param name="values">The configuration.</param>
    /// <param name="isAuth">Whether the node has anything that listens besides the gateway: what is set for that does not matter to others.</param>
    /// <param name="endPoint">Where the listener is, when there is one.</param>
    /// <param name="url">Its address, when there is one.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static CertificateOptions Read(IConfiguration values, bool isAuth, IPEndPoint? endPoint, string? url, List<string> errors)
    {
        var options = new CertificateOptions
        {
            EndPoint = isAuth ? endPoint : null, Url = url, Authorities = Authorities(values[AuthoritiesKey], errors),
            Proxies = ProxySettings.Read(values, ProxiesKey, errors), IsAskedAtGateway = Flag(values[GatewayKey], errors),
        };
        if (!isAuth) return options;
        if (values[EndPointKey] is not null && url is null)
            errors.Add($"{UrlKey}: missing. {EndPointKey} needs the https URL by which clients reach it, such as https://mtls.example.com.");
        if (options.Rules.IsOn || values[EndPointKey] is not null) return options;
        if (url is not null) errors.Add($"{UrlKey}: nothing answers there. Give {EndPointKey} or {ProxiesKey} too.");
        if (options.Authorities.Count > 0) errors.Add($"{AuthoritiesKey}: no certificate is asked for. Give {EndPointKey} or {ProxiesKey} too.");
        return options;
    }

    private static X509Certificate2Collection Authorities(string? file, List<string> errors)
    {
        var authorities = new X509Certificate2Collection();
        if (file is not { Length: > 0 }) return authorities;
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            authorities.Clear();
        }
        if (authorities.Count == 0) errors.Add($"{AuthoritiesKey}: {file} holds no certificates in PEM that this user may read.");
        return authorities;
    }

    private static bool Flag(string? text, List<string> errors)
    {
        var flag = false;
        if (text is { Length: > 0 } && !bool.TryParse(text, out flag)) errors.Add($"{GatewayKey}: '{text}' is neither true nor false.");
        return flag;
    }
}
