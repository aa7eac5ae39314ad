using System.Net;

namespace Gatehouse.Client;

/// <summary>No access token could be obtained, so the API call was not sent. Neither secrets nor tokens appear in it.</summary>
public sealed class AccessTokenException : Exception
{
    internal AccessTokenException(TokenFailure failure, TimeSpan retryAfter)
        : base(failure.Message, failure.Cause)
    {
        Failure = failure.Kind;
        Error = failure.Error;
        ErrorDescription = failure.ErrorDescription;
        TraceId = failure.TraceId;
        StatusCode = failure.StatusCode;
        RetryAfter = retryAfter;
    }

    /// <summary>What went wrong.</summary>
    public AccessTokenFailure Failure { get; }

    /// <summary>The server's <c>error</c> code (RFC 6749 §5.2), or null when it gave none. At most 256 printable ASCII
    /// characters.</summary>
    public string? Error { get; }

    /// <summary>The server's <c>error_description</c>, or null when it gave none. At most 256 printable ASCII characters.</summary>
    public string? ErrorDescription { get; }

    /// <summary>The server's <c>trace_id</c>, or null when it gave none: under it the portal shows the application's owner the exact
    /// cause.</summary>
    public string? TraceId { get; }

    /// <summary>The HTTP status of the answer, or null when there was none.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>How long from now the token endpoint is left alone: until then further calls fail with this same failure without asking
    /// it.</summary>
    public TimeSpan RetryAfter { get; }
}
