using System.Buffers;
using Gatehouse.Protocol.Forms;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.AuthServer.Requests;

/// <summary>Reads a form off the wire: once, bounded, strictly (RFC 6749 §3.2).</summary>
internal static class FormRequestReader
{
    private const string MediaType = "application/x-www-form-urlencoded";

    private static readonly string[] NeverInQuery =
        ["grant_type", "client_id", "client_secret", "client_assertion", "scope", "code", "code_verifier", "refresh_token", "token", "username", "password"];

    /// <summary>The form, or why there is none.</summary>
    public static async ValueTask<(FormBody? Form, OAuthFailure? Failure)> ReadAsync(HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method)) return (null, OAuthFailure.MethodIsNotPost);
        if (!IsForm(request)) return (null, OAuthFailure.WrongContentType);
        if (request.ContentLength > FormBody.MaxBytes) return (null, OAuthFailure.BodyTooLarge);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(); // A request that is broken off ends it: it needs no token for that.
            if (read.Buffer.Length > FormBody.MaxBytes)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End); // The server drains the rest by itself.
                return (null, OAuthFailure.BodyTooLarge);
            }
            if (read.IsCompleted)
            {
                var answer = Parse(read.Buffer);
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return answer;
            }
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public static bool HasParameterInQuery(HttpRequest request) =>
        request.QueryString.HasValue && request.Query.Keys.Any(key => NeverInQuery.Contains(key, StringComparer.OrdinalIgnoreCase));

    private static bool IsForm(HttpRequest request) => request.ContentType == MediaType ? request.Headers.ContentEncoding.Count == 0
        : MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && request.Headers.ContentEncoding.Count == 0;

    private static (FormBody? Form, OAuthFailure? Failure) Parse(ReadOnlySequence<byte> body)
    {
        var error = FormBody.TryParse(body.IsSingleSegment ? body.FirstSpan : body.ToArray(), out var form, out var culprit);
        return error == FormError.None ? (form, null) : (null, OAuthFailure.Form(error, culprit));
    }
}
