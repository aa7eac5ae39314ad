using System.Text.Json;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.RichAuthorization;

namespace Gatehouse.Protocol.Authorization;

/// <summary>
/// An authorization request as a JWT that the application signed (RFC 9101): nobody between the two can change it. It names its sender and us,
/// and ends within the hour.
/// </summary>
public sealed class RequestObject
{
    /// <summary>The longest time one may have left.</summary>
    public const int MaxLifetimeSeconds = 3600;

    /// <summary>How far ahead <c>iat</c> and <c>nbf</c> may be.</summary>
    public const int MaxSkewSeconds = 10;

    private static readonly string[] AboutItself = ["iss", "aud", "exp", "nbf", "iat", "jti", "sub"];

    private readonly CompactJws _jws;

    private RequestObject(CompactJws jws) => _jws = jws;

    /// <summary>The name of the key that signed it, if it names one.</summary>
    public string? Kid => _jws.HeaderText("kid");

    public static RequestObject? Read(string text) => CompactJws.TryParse(text, out var jws) ? new RequestObject(jws) : null;

    /// <returns>What is wrong with it, in words; null when it is the application's.</returns>
    public string? Check(JwkSet keys, IReadOnlyCollection<string> algorithms, string clientId, string issuer, long now)
    {
        // RFC 9101 §10.8: what says that it is something else (a client assertion, an ID token) is not taken for a request.
        if (_jws.Header.TryGetProperty("typ", out _) && _jws.HeaderText("typ")?.ToUpperInvariant() is not ("OAUTH-AUTHZ-REQ+JWT" or "JWT"))
            return "The typ of the request object, when it has one, must be oauth-authz-req+jwt or JWT.";
        if (!keys.Verifies(_jws, algorithms)) return "None of the application's keys signed the request object, or by an algorithm that is not taken.";
        if (_jws.PayloadText("iss") != clientId) return "The iss of the request object must be the client_id.";
        if (!_jws.IsMeantFor(issuer)) return $"The aud of the request object must be {issuer}.";
        if (_jws.PayloadText("client_id") != clientId) return "The client_id in the request object must be the one beside it.";
        if (_jws.Payload.TryGetProperty("request", out _) || _jws.Payload.TryGetProperty("request_uri", out _)) return "A request object cannot hold another one.";
        if (!_jws.TryPayloadInstant("exp", out var expiresAt)) return "The request object needs an exp, in seconds as a number.";
        if (expiresAt <= now) return "The request object has expired.";
        if (expiresAt > now + MaxLifetimeSeconds + MaxSkewSeconds) return $"The request object may live up to {MaxLifetimeSeconds} seconds.";
        return _jws.IsAhead("iat", now, MaxSkewSeconds) || _jws.IsAhead("nbf", now, MaxSkewSeconds)
            ? "The iat or nbf of the request object lies in the future." : null;
    }

    /// <summary>The parameters that it holds; those beside it no longer count (RFC 9101 §6.3). Null when one is not to be read.</summary>
    public FormBody? Parameters()
    {
        var pairs = new List<(string Name, string Value)>();
        foreach (var member in _jws.Payload.EnumerateObject().Where(member => !AboutItself.Contains(member.Name, StringComparer.Ordinal)))
        {
            // RFC 9396 §3: here it is an array and no text that holds one, whatever stands in it.
            if (member.Name == AuthorizationDetails.Name)
            {
                pairs.Add((member.Name, member.Value.GetRawText()));
                continue;
            }
            var values = member.Value.ValueKind == JsonValueKind.Array && member.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                ? member.Value.EnumerateArray().Select(item => item.GetString()!).ToList()
                : [member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText()];
            pairs.AddRange(values.Select(value => (member.Name, value)));
        }
        return FormBody.Of(pairs);
    }
}
