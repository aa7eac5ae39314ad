using System.Text.Json;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Protocol.Metadata;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Metadata;

/// <summary>
/// The protected resource metadata of every published API (RFC 9728 §3), without a token: whoever was refused finds here where tokens come from.
/// </summary>
public sealed class ResourceMetadata(GatewayOptions options, ApiCatalog apis)
{
    private readonly string _origin = new Uri(options.ApiUrl).GetLeftPart(UriPartial.Authority);

    /// <summary>Where the metadata of an API is found; null when its resource identifier is no URL of this gateway.</summary>
    public string? UrlOf(RegisteredApi api) => ProtectedResourceMetadata.UrlOf(api.Resource, _origin);

    /// <summary>Whether a path is one of metadata.</summary>
    public static bool IsAbout(PathString path) => path.StartsWithSegments(ProtectedResourceMetadata.WellKnownPath, StringComparison.Ordinal);

    /// <summary>Answers a request for metadata; false when it is none, or one about an API that is not here.</summary>
    public async ValueTask<bool> TryAnswerAsync(HttpContext http)
    {
        if (!IsAbout(http.Request.Path)) return false;
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)) return false;
        var asked = _origin + http.Request.Path + http.Request.QueryString;
        if (apis.Current.All.FirstOrDefault(api => api.Upstream is not null && UrlOf(api) == asked) is not { } found) return false;
        var metadata = new ProtectedResourceMetadata
        {
            Resource = found.Resource, ResourceName = found.Name, AuthorizationServers = [options.Issuer], ScopesSupported = [.. found.Scopes],
            AuthorizationDetailsTypesSupported = found.DetailsTypes.Count > 0 ? [.. found.DetailsTypes.Keys.Order(StringComparer.Ordinal)] : null,
            DpopSigningAlgorithmsSupported = DpopProof.Algorithms, TlsClientCertificateBoundAccessTokens = options.SeesCertificates ? true : null,
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(metadata, ProtectedResourceJson.Default.ProtectedResourceMetadata);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        http.Response.Headers.CacheControl = "public, max-age=300";
        http.Response.Headers.AccessControlAllowOrigin = "*"; // Public, and read by applications that run in browsers.
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(body, http.RequestAborted);
        return true;
    }
}
