namespace Gatehouse.Client;

/// <summary>Finds handlers that follow redirects on their own: below this library, out of its sight, with the request's body.</summary>
internal static class Redirects
{
    public static bool AreFollowedBy(HttpMessageHandler? handler)
    {
        while (handler is DelegatingHandler outer)
            handler = outer.InnerHandler;
        return handler is SocketsHttpHandler { AllowAutoRedirect: true } or HttpClientHandler { AllowAutoRedirect: true };
    }
}
