using System.Text.Json;
using Gatehouse.Protocol.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gatehouse.Admin.Access;

/// <summary>The protected resource metadata of the Admin API (RFC 9728 §3): whoever was refused finds here where tokens come from.</summary>
internal static class AdminMetadata
{
    public const string Path = ProtectedResourceMetadata.WellKnownPath + AdminOptions.BasePath;

    public static string UrlOf(AdminOptions options) => new Uri(new Uri(options.Resource), Path).AbsoluteUri;

    public static void MapAdminMetadata(this IEndpointRouteBuilder endpoints, AdminOptions options)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new ProtectedResourceMetadata
        {
            Resource = options.Resource, ResourceName = "Gatehouse Admin API", AuthorizationServers = [options.Issuer], ScopesSupported = [AdminOptions.Scope],
        }, ProtectedResourceJson.Default.ProtectedResourceMetadata);
        endpoints.MapGet(Path, http =>
        {
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = body.Length;
            http.Response.Headers.CacheControl = "public, max-age=300";
            return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
        });
    }
}
