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

    /// <param name="settings">The configuration; takes what is wrong.</param>
    /// <param name="isAuth">Whether the node has anything that listens besides the gateway: what is set for that does not matter to others.</param>
    public static CertificateOptions Read(Settings settings, bool isAuth)
    {
        var endPoint = settings[EndPointKey] is null ? null : settings.EndPoint(EndPointKey, "0.0.0.0:8444");
        var url = settings[UrlKey] is null ? null : settings.Url(UrlKey, "https://mtls.example.com");
        var options = new CertificateOptions
        {
            EndPoint = isAuth ? endPoint : null, Url = url, Authorities = settings.Authorities(AuthoritiesKey),
            Proxies = ProxySettings.Read(settings, ProxiesKey), IsAskedAtGateway = settings.Flag(GatewayKey),
        };
        if (!isAuth) return options;
        if (settings[EndPointKey] is not null && url is null)
            settings.Add($"{UrlKey}: missing. {EndPointKey} needs the https URL by which clients reach it, such as https://mtls.example.com.");
        if (options.Rules.IsOn || settings[EndPointKey] is not null) return options;
        if (url is not null) settings.Add($"{UrlKey}: nothing answers there. Give {EndPointKey} or {ProxiesKey} too.");
        if (options.Authorities.Count > 0) settings.Add($"{AuthoritiesKey}: no certificate is asked for. Give {EndPointKey} or {ProxiesKey} too.");
        return options;
    }
}
