using System.Net.Http.Headers;

namespace Gatehouse.Client;

/// <summary>Sends every API call with a good access token, obtained by the client credentials grant (RFC 6749 §4.4) and kept fresh by
/// <see cref="AccessTokenSource"/>; or does not send it at all.</summary>
/// <remarks>
/// <para>A call fails before anything is sent with <see cref="AccessTokenException"/> when no token can be had, and with
/// <see cref="InvalidOperationException"/> when it goes to a place that is not configured, already has an Authorization header, or when the
/// handler below follows redirects on its own (<c>AllowAutoRedirect</c>): a redirect would carry the call where the configuration does
/// not allow it.</para>
/// <para>When the API answers 401 with <c>error="invalid_token"</c> (RFC 6750 §3.1), the token is dropped and the call is sent once more
/// with a new one, at most once, provided that its body can be sent again: no body; byte array, string, form, memory and JSON content;
/// stream content whose stream can seek or that was loaded into a buffer; multipart content of these. Otherwise the caller gets the
/// 401.</para>
/// <para>The token is removed from the request when its answer is there: neither <c>response.RequestMessage</c> nor a retry handler above
/// sees it.</para>
/// </remarks>
public sealed class AccessTokenHandler : DelegatingHandler
{
    private readonly AccessTokenSource _source;
    private readonly bool _ownsSource;

    /// <summary>A handler with a token of its own. Set <see cref="DelegatingHandler.InnerHandler"/> before use, with redirects
    /// off.</summary>
    /// <exception cref="ArgumentException">The options are not usable; the message lists every error.</exception>
    public AccessTokenHandler(AccessTokenOptions options)
        : this(new AccessTokenSource(options)) => _ownsSource = true;

    /// <summary>A handler that shares its token with others, for <c>IHttpClientFactory</c>. The source stays the caller's to
    /// dispose.</summary>
    public AccessTokenHandler(AccessTokenSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
    }

    /// <summary>A client for the configured API: its base address is the first of <see cref="AccessTokenOptions.ApiOrigins"/>, it follows
    /// no redirects and trusts <see cref="AccessTokenOptions.TrustedCertificateAuthority"/>. Make one and keep it; disposing it disposes
    /// all of it.</summary>
    /// <exception cref="ArgumentException">The options are not usable; the message lists every error.</exception>
    public static HttpClient CreateHttpClient(AccessTokenOptions options)
    {
        var handler = new AccessTokenHandler(options);
        handler.InnerHandler = TrustedCertificateAuthority.CreateHandler(options.TrustedCertificateAuthority);
        return new HttpClient(handler) { BaseAddress = options.ApiOrigins[0] };
    }

    /// <inheritdoc />
    /// <exception cref="AccessTokenException">No token can be had.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var token = await AdmitAsync(request, cancellationToken);
        var response = await SendWithAsync(token, request, cancellationToken);
        if (!BearerChallenge.SaysInvalidToken(response) || !_source.Reject(token) || !Replay.IsPossible(request.Content))
            return response;
        response.Dispose();
        // Admitted anew, because a handler below may have changed the address.
        return await SendWithAsync(await AdmitAsync(request, cancellationToken), request, cancellationToken);
    }

    /// <summary>Not supported: waiting for a token would block a thread, and without this refusal the call would go out without
    /// one.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Calls with an access token are asynchronous: use SendAsync.");

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing && _ownsSource)
            _source.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<AccessToken> AdmitAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        if (Redirects.AreFollowedBy(InnerHandler))
            throw new InvalidOperationException(
                "The handler below AccessTokenHandler follows redirects, to places that are not configured: set AllowAutoRedirect = false. "
                + "Nothing was sent.");
        _source.Origins.Admit(request);
        return await _source.GetAsync(cancellation);
    }

    private async Task<HttpResponseMessage> SendWithAsync(AccessToken token, HttpRequestMessage request, CancellationToken cancellation)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        try
        {
            return await base.SendAsync(request, cancellation);
        }
        finally
        {
            request.Headers.Authorization = null;
        }
    }
}
