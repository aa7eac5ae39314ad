using System.Text;
using Gatehouse.Protocol.Forms;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.AuthServer.Requests;

/// <summary>The parameters of what a browser brings (an authorization or a logout request), by GET in the query or by POST as a form (RFC 6749 §3.1).</summary>
/// <param name="Form">What could be read.</param>
/// <param name="Fault">What is wrong with it, in words; null when it is well-formed.</param>
internal sealed record AuthorizationParameters(FormBody Form, string? Fault)
{
    public static async ValueTask<AuthorizationParameters> ReadAsync(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method)) return Parse(Encoding.UTF8.GetBytes(request.QueryString.Value is { Length: > 0 } query ? query[1..] : string.Empty));
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            return Empty("Send the parameters in the query, or by POST as application/x-www-form-urlencoded.");
        if (request.ContentLength > FormBody.MaxBytes) return Empty("The request is too large.");
        using var body = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > FormBody.MaxBytes) return Empty("The request is too large.");
        }
        return Parse(body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    /// <summary>The value, or null when the parameter is absent or empty.</summary>
    public string? this[string name] => Form[name];

    private static AuthorizationParameters Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > FormBody.MaxBytes) return Empty("The request is too large.");
        var error = FormBody.TryParse(bytes, out var form, out var culprit);
        // Which of two applications or addresses is meant nobody can say: an answer to one of them would be to an unproven one.
        if (error == FormError.DuplicateParameter && culprit is ("client_id" or "redirect_uri")) return Empty($"The parameter {culprit} was sent twice.");
        return new AuthorizationParameters(form, error switch
        {
            FormError.None => null,
            FormError.DuplicateParameter => culprit is null ? "A parameter was sent twice." : $"The parameter {culprit} was sent twice.",
            FormError.TooManyParameters => "There are too many parameters.",
            FormError.ControlCharacter => "A parameter contains a control character.",
            _ => "The parameters are not form-urlencoded UTF-8.",
        });
    }

    private static AuthorizationParameters Empty(string fault)
    {
        FormBody.TryParse([], out var form, out _);
        return new AuthorizationParameters(form, fault);
    }
}
