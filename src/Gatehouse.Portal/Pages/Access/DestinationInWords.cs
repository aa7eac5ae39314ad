namespace Gatehouse.Portal.Pages.Access;

/// <summary>Where an answer goes, in words that are true: a host only where a certificate proves it.</summary>
internal static class DestinationInWords
{
    public static string Of(string redirectUri) =>
        !Uri.TryCreate(redirectUri, UriKind.Absolute, out var uri) ? redirectUri
        : uri.Scheme == Uri.UriSchemeHttps ? uri.Host
        // RFC 8252 §7.1, §7.3: any program on the device may claim either.
        : uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback ? "a program on this device" : $"the app that owns “{uri.Scheme}:”";
}
