using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Gatehouse.Client;

/// <summary>One client credentials request (RFC 6749 §4.4.2): asks once, never throws, tells how it ended.</summary>
internal sealed class TokenRequest(AccessTokenOptions options) : IDisposable
{
    private const int LongestAnswer = 64 * 1024;
    private const int LongestErrorText = 256;
    private static readonly TimeSpan LifetimeWhenUnsaid = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(365);

    private readonly TimeProvider _time = options.TimeProvider;
    private readonly HttpMessageInvoker _http = new(
        options.TokenRequestHandler ?? TrustedCertificateAuthority.CreateHandler(options.TrustedCertificateAuthority),
        disposeHandler: options.TokenRequestHandler is null);

    public void Dispose() => _http.Dispose();

    public async Task<TokenOutcome> SendAsync(CancellationToken shutdown)
    {
        using var timeout = new CancellationTokenSource(options.TokenRequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(shutdown, timeout.Token);
        try
        {
            var sentAt = _time.GetTimestamp();
            using var request = Create();
            using var response = await _http.SendAsync(request, either.Token);
            // Only a foreign handler can get here: the library's own and those that can be recognised do not follow redirects.
            if (request.RequestUri != options.TokenEndpoint)
                return Redirected(response.StatusCode, request.RequestUri);
            return await ReadAsync(response, sentAt, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return Unavailable($"did not answer within {options.TokenRequestTimeout.TotalSeconds:0.###} s");
        }
        // Whatever a transport throws, including a foreign one, means that there is no token; those who wait must hear of it.
        catch (Exception cause)
        {
            return Unavailable("could not be reached: " + cause.GetBaseException().Message) with { Cause = cause };
        }
    }

    private HttpRequestMessage Create()
    {
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        if (options.Scope is { } scope)
            form.Add(new("scope", scope));
        var request = new HttpRequestMessage(HttpMethod.Post, options.TokenEndpoint);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (options.ClientAuthentication == ClientAuthenticationMethod.ClientSecretBasic)
        {
            // RFC 6749 §2.3.1: form-urlencoded first, or a colon or a non-ASCII byte would be read as something else.
            var pair = WebUtility.UrlEncode(options.ClientId) + ":" + WebUtility.UrlEncode(options.ClientSecret.Value);
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }
        else
        {
            form.Add(new("client_id", options.ClientId));
            form.Add(new("client_secret", options.ClientSecret.Value));
        }

        request.Content = new FormUrlEncodedContent(form);
        return request;
    }

    private async Task<TokenOutcome> ReadAsync(HttpResponseMessage response, long sentAt, CancellationToken cancellation)
    {
        var status = response.StatusCode;
        if ((int)status is >= 300 and < 400)
            return Redirected(status, response.Headers.Location);
        if (await ReadBodyAsync(response, cancellation) is not { } body)
            return Malformed(status, $"it is longer than {LongestAnswer / 1024} KiB");

        var answer = TokenAnswer.Parse(body);
        if (!response.IsSuccessStatusCode)
            return Refusal(response, answer);
        if (answer is null)
            return Malformed(status, "it is not the JSON of RFC 6749 §5.1");
        if (answer.Defect() is { } defect)
            return Malformed(status, defect);
        var lifetime = answer.ExpiresIn is { } seconds
            ? TimeSpan.FromSeconds(Math.Min(seconds, (long)LongestLifetime.TotalSeconds))
            : LifetimeWhenUnsaid;
        return new AccessToken(answer.AccessToken!, lifetime, options.RefreshMargin, sentAt, _time);
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var body = new byte[LongestAnswer + 1];
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation);
        return length <= LongestAnswer ? body[..length] : null;
    }

    private TokenFailure Refusal(HttpResponseMessage response, TokenAnswer? answer)
    {
        var status = response.StatusCode;
        var (error, description, trace) = (Clean(answer?.Error), Clean(answer?.ErrorDescription), Clean(answer?.TraceId));
        var said = (error is null ? "" : $": {error}")
            + (description is null ? "" : $" ({description})")
            + (trace is null ? "" : $", trace id {trace}");
        var failure = (status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500, error) switch
        {
            (true, _) => Unavailable($"answered {(int)status}{said}"),
            (_, not null) => new TokenFailure(
                AccessTokenFailure.Refused,
                $"The token endpoint {options.TokenEndpoint} refused application {options.ClientId}{said}."),
            _ => Malformed(status, "it is no OAuth error of RFC 6749 §5.2"),
        };
        return failure with
        {
            Error = error,
            ErrorDescription = description,
            TraceId = trace,
            StatusCode = status,
            RetryAfter = RetryAfter(response.Headers),
        };
    }

    // The server's own clock is the one that its date was made for.
    private TimeSpan? RetryAfter(HttpResponseHeaders headers) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - (headers.Date ?? _time.GetUtcNow()),
        _ => null,
    };

    private TokenFailure Unavailable(string what) => new(
        AccessTokenFailure.Unavailable,
        $"The token endpoint {options.TokenEndpoint} {what}.");

    private TokenFailure Malformed(HttpStatusCode status, string why) => new(
        AccessTokenFailure.Malformed,
        $"What {options.TokenEndpoint} answered (status {(int)status}) is no token answer: {why}. Is this the token endpoint's address?")
    { StatusCode = status };

    private TokenFailure Redirected(HttpStatusCode status, Uri? target) => new(
        AccessTokenFailure.Redirected,
        $"The token endpoint {options.TokenEndpoint} redirects to {Origin.Of(target)?.ToString() ?? "another address"}; "
        + "credentials do not follow.")
    { StatusCode = status };

    /// <summary>A foreign text made fit for a log: bounded, on one line, without the secret that a careless server repeats.</summary>
    private string? Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var safe = text.Replace(options.ClientSecret.Value, options.ClientSecret.ToString(), StringComparison.Ordinal);
        var length = Math.Min(safe.Length, LongestErrorText);
        return string.Create(length, safe, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
                target[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
        });
    }
}
