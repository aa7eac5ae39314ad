using Gatehouse.Protocol.Forms;

namespace Gatehouse.Protocol.ClientAuthentication;

/// <summary>HTTP Basic as OAuth uses it: both halves are form-urlencoded before base64 (RFC 6749 §2.3.1, RFC 7617).</summary>
public static class BasicCredentials
{
    private const string Scheme = "Basic ";
    private const int MaxEncodedLength = 4096;

    public static bool IsBasic(string authorization) => authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the value of an <c>Authorization</c> header. False when it is not well-formed Basic.</summary>
    public static bool TryParse(string authorization, out string clientId, out string clientSecret)
    {
        clientId = clientSecret = string.Empty;
        if (!IsBasic(authorization) || authorization.Length > MaxEncodedLength) return false;
        var encoded = authorization.AsSpan(Scheme.Length).Trim(' ');
        Span<byte> bytes = new byte[MaxEncodedLength];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var written)) return false;
        bytes = bytes[..written];
        // Only the first colon separates: a secret may contain colons (RFC 7617 §2).
        var colon = bytes.IndexOf((byte)':');
        if (colon < 0) return false;
        Span<byte> scratch = new byte[written];
        return FormBody.Decode(bytes[..colon], scratch, out clientId) == FormError.None
            && FormBody.Decode(bytes[(colon + 1)..], scratch, out clientSecret) == FormError.None;
    }
}
