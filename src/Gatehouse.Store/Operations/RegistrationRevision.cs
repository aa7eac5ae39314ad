using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Store.Model;

namespace Gatehouse.Store.Operations;

/// <summary>A name for all that is registered of an application at one moment: whoever approves says what was looked at.</summary>
public static class RegistrationRevision
{
    /// <summary>SHA-256 over every registered member, 64 hexadecimal digits.</summary>
    /// <param name="row">The application with its registration.</param>
    public static string Of(Application row)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartArray();
            foreach (var text in TextsOf(row)) json.WriteStringValue(text);
            foreach (var list in (List<string>[])[row.GrantTypes, row.RedirectUris, row.TokenExchangeSubjects, row.TokenExchangeAudiences,
                row.AuthorizationDetailsTypes, row.PostLogoutRedirectUris])
            {
                json.WriteStartArray();
                foreach (var text in list) json.WriteStringValue(text);
                json.WriteEndArray();
            }
            foreach (var flag in (bool[])[row.RequirePushedAuthorizationRequests, row.Fapi2SecurityProfile, row.DpopBoundAccessTokens,
                row.CertificateBoundAccessTokens, row.BackchannelLogoutSessionRequired]) json.WriteBooleanValue(flag);
            json.WriteEndArray();
        }
        return Convert.ToHexStringLower(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)));
    }

    private static string[] TextsOf(Application row) =>
    [
        row.ClientId, row.Name, row.Description, row.State.ToString(), row.TokenEndpointAuthMethod, row.Jwks, row.JwksUri, row.CertificateSubject,
        row.FederatedIdentities, row.AccessTokenFormat, row.IdTokenSignedResponseAlg, row.BackchannelLogoutUri,
        row.Registration?.Scope ?? string.Empty, row.Registration?.AllowedScope ?? string.Empty, row.Registration?.Details ?? string.Empty,
    ];
}
