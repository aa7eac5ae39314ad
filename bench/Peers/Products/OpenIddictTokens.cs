using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Bench.Peers.Products;

/// <summary>What both OpenIddict servers have in common: client credentials, a signed and unencrypted ES256 access token with our claims.</summary>
internal static class OpenIddictTokens
{
    public const string TokenPath = "/connect/token";

    public static void Configure(OpenIddictServerBuilder server, PeerSettings settings) => server
        .SetIssuer(settings.Issuer)
        .SetTokenEndpointUris(TokenPath)
        .AllowClientCredentialsFlow()
        .RegisterScopes(settings.Scope)
        .AddSigningKey(new ECDsaSecurityKey(settings.SigningKey) { KeyId = settings.KeyId })
        .AddEphemeralEncryptionKey()
        .DisableAccessTokenEncryption();

    public static ClaimsPrincipal Describe(PeerSettings settings)
    {
        var identity = new ClaimsIdentity(TokenValidationParameters.DefaultAuthenticationType, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, settings.ClientId);
        identity.SetScopes(settings.Scope).SetResources(settings.Audience).SetDestinations(static _ => [Destinations.AccessToken]);
        return new ClaimsPrincipal(identity);
    }
}
