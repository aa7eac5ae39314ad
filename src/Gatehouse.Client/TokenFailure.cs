using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Gatehouse.Client;

/// <summary>What is remembered of a failed token request. Each waiting caller gets an exception of its own made from it: one exception
/// object thrown on many threads would mix up their stack traces.</summary>
internal sealed record TokenFailure(AccessTokenFailure Kind, string Message)
{
    public string? Error { get; init; }
    public string? ErrorDescription { get; init; }
    public string? TraceId { get; init; }
    public HttpStatusCode? StatusCode { get; init; }
    public TimeSpan? RetryAfter { get; init; }
    public Exception? Cause { get; init; }
}

/// <summary>The end of a token request: a token or a failure.</summary>
internal sealed class TokenOutcome
{
    private TokenOutcome(AccessToken? token, TokenFailure? failure) => (Token, Failure) = (token, failure);

    public AccessToken? Token { get; }
    public TokenFailure? Failure { get; }

    [MemberNotNullWhen(true, nameof(Token))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Token is not null;

    public static implicit operator TokenOutcome(AccessToken token) => new(token, null);
    public static implicit operator TokenOutcome(TokenFailure failure) => new(null, failure);
}
