using System.Text.Json;
using Gatehouse.AuthServer.Authorization;
using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.AuthServer.Remote;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Token.Grants;
using Gatehouse.Protocol.Authorization;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.Metadata;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Metadata;

/// <summary>
/// <c>GET /.well-known/oauth-authorization-server</c> (RFC 8414 §3), made of what is registered in this program: what is not offered is not
/// advertised, whatever the request's host name says.
/// </summary>
public sealed class MetadataEndpoint(AuthServerOptions options, ClientAuthenticator authenticator, IEnumerable<IGrant> grants, ApiCatalog apis)
{
    public Task HandleAsync(HttpContext http)
    {
        var metadata = new AuthorizationServerMetadata
        {
            Issuer = options.Issuer,
            AuthorizationEndpoint = options.Issuer + AuthServerOptions.AuthorizationPath,
            PushedAuthorizationRequestEndpoint = options.Issuer + AuthServerOptions.PushedRequestPath,
            DeviceAuthorizationEndpoint = options.Issuer + AuthServerOptions.DeviceAuthorizationPath,
            TokenEndpoint = options.Issuer + AuthServerOptions.TokenPath,
            JwksUri = options.Issuer + AuthServerOptions.JwksPath,
            ResponseTypesSupported = ["code"],
            ResponseModesSupported = [AuthorizationAnswer.Query, AuthorizationAnswer.FormPost],
            CodeChallengeMethodsSupported = [Pkce.Method],
            GrantTypesSupported = [.. grants.Select(grant => grant.GrantType)],
            TokenEndpointAuthMethodsSupported = authenticator.SupportedMethods,
            TokenEndpointAuthSigningAlgorithmsSupported = ClientAuthenticator.AssertionAlgorithms,
            IntrospectionEndpoint = options.Issuer + AuthServerOptions.IntrospectionPath,
            IntrospectionEndpointAuthMethodsSupported = authenticator.ProvingMethods,
            IntrospectionEndpointAuthSigningAlgorithmsSupported = ClientAuthenticator.AssertionAlgorithms,
            IntrospectionSigningAlgorithmsSupported = [SigningAlgorithms.Default],
            RevocationEndpoint = options.Issuer + AuthServerOptions.RevocationPath,
            RevocationEndpointAuthMethodsSupported = authenticator.SupportedMethods,
            RevocationEndpointAuthSigningAlgorithmsSupported = ClientAuthenticator.AssertionAlgorithms,
            RequestObjectSigningAlgorithmsSupported = ApplicationKeys.Algorithms,
            DpopSigningAlgorithmsSupported = DpopProof.Algorithms,
            TlsClientCertificateBoundAccessTokens = options.MutualTls.IsOn ? true : null,
            MtlsEndpointAliases = options.MutualTls.Url is { } url ? AliasesAt(url) : null,
            RegistrationEndpoint = options.Registration.Mode == RegistrationMode.Off ? null : options.Issuer + AuthServerOptions.RegistrationPath,
            ClientIdMetadataDocumentSupported = options.Registration.TakesDocuments ? true : null,
            UserInfoEndpoint = options.Issuer + AuthServerOptions.UserInfoPath,
            EndSessionEndpoint = options.Issuer + AuthServerOptions.LogoutPath,
            PromptValuesSupported = AuthorizationRules.KnownPrompts,
            IdTokenSigningAlgorithmsSupported = JwtSigner.Algorithms,
            AcrValuesSupported = [IdTokenIssuer.PasswordAcr],
            AuthorizationDetailsTypesSupported = apis.Current.All.Any(api => api.DetailsTypes.Count > 0)
                ? [.. apis.Current.All.SelectMany(api => api.DetailsTypes.Keys).Order(StringComparer.Ordinal)] : null,
            ScopesSupported = [.. IdentityScope.All, .. apis.Current.All.SelectMany(api => api.Scopes)],
        };
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "public, max-age=300";
        http.Response.Headers.AccessControlAllowOrigin = "*"; // Public, and read by applications that run in browsers.
        return JsonSerializer.SerializeAsync(http.Response.Body, metadata, MetadataJson.Default.AuthorizationServerMetadata, http.RequestAborted);
    }

    // RFC 8705 §5: those that a client calls by itself, none that a browser is sent to.
    private static Dictionary<string, string> AliasesAt(string url) => new()
    {
        ["token_endpoint"] = url + AuthServerOptions.TokenPath, ["introspection_endpoint"] = url + AuthServerOptions.IntrospectionPath,
        ["revocation_endpoint"] = url + AuthServerOptions.RevocationPath,
        ["pushed_authorization_request_endpoint"] = url + AuthServerOptions.PushedRequestPath,
        ["device_authorization_endpoint"] = url + AuthServerOptions.DeviceAuthorizationPath, ["userinfo_endpoint"] = url + AuthServerOptions.UserInfoPath,
    };
}
