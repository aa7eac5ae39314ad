using System.Net.Http.Headers;
using System.Net.Sockets;
using Gatehouse.AuthServer.Remote;
using Gatehouse.Protocol.Vocabulary;
using Microsoft.Extensions.Logging;

namespace Gatehouse.AuthServer.Logout;

/// <summary>Posts a logout token to an application (OpenID Connect Back-Channel Logout §2.5), within seconds; of the answer the status counts.</summary>
public sealed partial class LogoutPosts(AuthServerOptions options, ILogger<LogoutPosts> log) : IDisposable
{
    private const int MaxAnswerBytes = 4096;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client = new OutgoingConnections(options.Outgoing).CreateClient(Timeout, MaxAnswerBytes);

    /// <returns>What went wrong, in a sentence; null when the application has taken it.</returns>
    public async Task<string?> SendAsync(string url, byte[] token, CancellationToken cancellation)
    {
        var host = Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Host : string.Empty;
        if (!NetworkReach.IsFetchable(url)) return "Its backchannel_logout_uri is not an https URL.";
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url);
            // A compact JWS needs no escaping in a form.
            request.Content = new ByteArrayContent([.. "logout_token="u8, .. token]);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
            request.Headers.UserAgent.ParseAdd("gatehouse");
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return answer.IsSuccessStatusCode ? null : $"{host} answered {(int)answer.StatusCode}.";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException
            || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            LogFailed(exception, host);
            return $"{host} could not be reached over TLS at an allowed address, or did not answer within {Timeout.TotalSeconds:0} seconds.";
        }
    }

    public void Dispose() => _client.Dispose();

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Host} could not be reached.")]
    private partial void LogFailed(Exception exception, string host);
}
