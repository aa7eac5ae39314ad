namespace Gatehouse.Client;

/// <summary>Which application asks which server for tokens, and which APIs may see them. Nothing can be changed later;
/// <see cref="AccessTokenSource"/> checks all of it and reports all errors together.</summary>
public sealed class AccessTokenOptions
{
    /// <summary>The token endpoint (RFC 6749 §3.2): an absolute https address without user name and fragment.</summary>
    public required Uri TokenEndpoint { get; init; }

    /// <summary>The application's <c>client_id</c>: 1 to 256 printable ASCII characters (RFC 6749 appendix A.1).</summary>
    public required string ClientId { get; init; }

    /// <summary>The application's <c>client_secret</c>.</summary>
    public required ClientSecret ClientSecret { get; init; }

    /// <summary>The APIs that the token may be sent to: at least one absolute https address, of which scheme, host and port must match;
    /// no path, query or user name. A request to any other place throws <see cref="InvalidOperationException"/> before anything is
    /// sent.</summary>
    public required IReadOnlyList<Uri> ApiOrigins { get; init; }

    /// <summary>The scopes to ask for, separated by single blanks (RFC 6749 §3.3). Default null: the server decides.</summary>
    public string? Scope { get; init; }

    /// <summary>How the client authenticates at the token endpoint. Default: HTTP Basic.</summary>
    public ClientAuthenticationMethod ClientAuthentication { get; init; } = ClientAuthenticationMethod.ClientSecretBasic;

    /// <summary>How long before a token's end a call starts to fetch the next one in the background; zero to one day, default 60 s. A
    /// tenth of the token's lifetime counts where that is shorter. Each token adds a random part of up to half of it, so that many
    /// clients spread out.</summary>
    public TimeSpan RefreshMargin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one token request may take, from connecting to the last byte; 1 ms to 5 minutes, default 10 s.</summary>
    public TimeSpan TokenRequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Trusts this authority instead of the system's wherever this library makes the connection: to the token endpoint, and to
    /// the API in <see cref="AccessTokenHandler.CreateHttpClient"/>. Default null: the system's trust.</summary>
    public TrustedCertificateAuthority? TrustedCertificateAuthority { get; init; }

    /// <summary>Carries the token requests, for a proxy or a client certificate. It must not follow redirects and stays the caller's to
    /// dispose. Default null: one of the library's own.</summary>
    public HttpMessageHandler? TokenRequestHandler { get; init; }

    /// <summary>The clock. Lifetimes are measured by its timestamps, so setting the wall clock changes nothing. Default: the
    /// system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
