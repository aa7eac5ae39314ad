using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>What an ID token of ours that comes back says.</summary>
/// <param name="ClientId">The application that it was made for (<c>aud</c>).</param>
/// <param name="UserId">Who had signed in (<c>sub</c>).</param>
/// <param name="SessionId">In which session (<c>sid</c>).</param>
public sealed record IdTokenHint(string ClientId, Guid UserId, string? SessionId);

/// <summary>
/// Reads ID tokens that come back as <c>id_token_hint</c>. Expired ones count, because a session is longer than an ID token (OpenID Connect
/// RP-Initiated Logout §4): it is a hint at somebody, and opens nothing.
/// </summary>
public sealed class IdTokenHints(AuthServerOptions options, VerificationKeys keys)
{
    private const int MaxLength = 8192;

    /// <returns>Null when it is not an ID token that this server made with a key that it still publishes.</returns>
    public IdTokenHint? Read(string? text)
    {
        if (text is null || text.Length > MaxLength || !CompactJws.TryParse(text, out var jws)) return null;
        if (jws.HeaderText("typ") != IdTokenIssuer.Type || jws.HeaderText("alg") is not { } algorithm || !SigningAlgorithms.IsKnown(algorithm)) return null;
        var key = keys.Current.FirstOrDefault(published => published.Kid == jws.HeaderText("kid"))?.Key;
        if (key is null || !key.Algorithms.Contains(algorithm, StringComparer.Ordinal) || !key.Verify(algorithm, jws.SigningInput, jws.Signature)) return null;
        if (jws.PayloadText("iss") != options.Issuer || jws.PayloadText("aud") is not { } clientId) return null;
        return Guid.TryParseExact(jws.PayloadText("sub"), "D", out var user) ? new IdTokenHint(clientId, user, jws.PayloadText("sid")) : null;
    }
}
