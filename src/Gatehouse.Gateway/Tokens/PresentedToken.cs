using System.Buffers;
using System.Text;
using Gatehouse.Gateway.Answers;
using Gatehouse.Protocol.Bearer;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tokens;

/// <summary>Finds the access token of a call: in one <c>Authorization</c> header, and nowhere else (RFC 6750 §2, RFC 9700 §4.3.2).</summary>
internal static class PresentedToken
{
    private const string Parameter = "access_token";
    private const int PeekedBytes = 64 * 1024;

    public static GatewayFailure? Read(HttpRequest request, out string authorization)
    {
        authorization = string.Empty;
        if (request.QueryString.HasValue && request.Query.Keys.Any(key => key.Equals(Parameter, StringComparison.OrdinalIgnoreCase)))
            return GatewayFailure.TokenInQuery;
        var headers = request.Headers.Authorization;
        if (headers.Count > 1) return GatewayFailure.TwoTokens;
        if (headers.Count == 0) return GatewayFailure.MissingToken;
        authorization = headers.ToString();
        return BearerToken.IsBearer(authorization) || BearerToken.IsDpop(authorization) ? null : GatewayFailure.NotBearer;
    }

    /// <summary>Whether a form body carries a token. Looks at what has come of it, without taking it away from the forwarder.</summary>
    public static async ValueTask<bool> IsInBodyAsync(HttpRequest request)
    {
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true) return false;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            var enough = read.IsCompleted || read.Buffer.Length >= PeekedBytes;
            var found = enough && HasParameter(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, PeekedBytes)));
            // Nothing is consumed, and only what must grow is marked as seen: the forwarder reads it all again.
            request.BodyReader.AdvanceTo(read.Buffer.Start, enough ? read.Buffer.Start : read.Buffer.End);
            if (enough) return found;
        }
    }

    private static bool HasParameter(ReadOnlySequence<byte> body)
    {
        foreach (var pair in Encoding.Latin1.GetString(body).Split('&'))
        {
            var name = Uri.UnescapeDataString(pair.Split('=', 2)[0]); // As an upstream would read it: access%5Ftoken is one too.
            if (name.Equals(Parameter, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }
}
