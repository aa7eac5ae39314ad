using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gatehouse.Protocol.Vocabulary;
using Microsoft.Extensions.Logging;

namespace Gatehouse.AuthServer.Remote;

/// <summary>What the authorization server may fetch from others.</summary>
public sealed record OutgoingRules
{
    /// <summary>
    /// Whether addresses of the own network may be asked. Default: no, because whoever registers a URL could make this server call what only it
    /// can reach.
    /// </summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Authorities that are trusted besides the system's.</summary>
    public X509Certificate2Collection TrustedAuthorities { get; init; } = [];
}

/// <summary>A document that somebody publishes.</summary>
/// <param name="Text">Its text.</param>
/// <param name="MaxAge">How long its server allows to remember it; null when it does not say.</param>
public sealed record RemoteDocument(string Text, TimeSpan? MaxAge);

/// <summary>
/// Fetches small JSON documents that others publish: over TLS, without redirects, within seconds, up to 64 KiB, and from public addresses
/// only (<see cref="OutgoingConnections"/>).
/// </summary>
public sealed partial class RemoteDocuments : IDisposable
{
    public const int MaxBytes = 64 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly ILogger<RemoteDocuments> _log;
    private readonly HttpClient _client;

    public RemoteDocuments(AuthServerOptions options, ILogger<RemoteDocuments> log)
    {
        _log = log;
        _client = new OutgoingConnections(options.Outgoing).CreateClient(Timeout, MaxBytes);
    }

    /// <summary>The text of a document; null when there is none to be had.</summary>
    public async Task<string?> FetchAsync(string url, CancellationToken cancellation) => (await FetchAsync(url, MaxBytes, cancellation))?.Text;

    /// <summary>A document of up to so many bytes, and how long it may be remembered; null when there is none to be had.</summary>
    public async Task<RemoteDocument?> FetchAsync(string url, int maxBytes, CancellationToken cancellation)
    {
        if (!NetworkReach.IsFetchable(url)) return null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Accept.ParseAdd("application/json");
            request.Headers.UserAgent.ParseAdd("gatehouse");
            using var answer = await _client.SendAsync(request, cancellation);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                var bytes = await answer.Content.ReadAsByteArrayAsync(cancellation);
                return bytes.Length <= maxBytes ? new RemoteDocument(Encoding.UTF8.GetString(bytes), MaxAgeOf(answer)) : null;
            }
            LogStatus(url, (int)answer.StatusCode);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException
            || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            LogFailed(exception, url);
        }
        return null;
    }

    public void Dispose() => _client.Dispose();

    // RFC 9111 §5.2.2. Expires is not read: without max-age the shortest time holds.
    private static TimeSpan? MaxAgeOf(HttpResponseMessage answer) => answer.Headers.CacheControl switch
    {
        { NoStore: true } or { NoCache: true } => TimeSpan.Zero,
        { MaxAge: { } age } => age - (answer.Headers.Age ?? TimeSpan.Zero),
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Url} answered {Status}: its document is not available.")]
    private partial void LogStatus(string url, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Url} could not be fetched.")]
    private partial void LogFailed(Exception exception, string url);
}
