using System.Collections.Frozen;
using System.Security.Cryptography;
using Gatehouse.Portal.Tenancy;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Portal.Hosting;

/// <summary>The stylesheet, the script and the icon, under names that change with their content: they may be kept forever.</summary>
internal sealed class PortalAssets
{
    public const string Folder = PortalLinks.Root + "/assets";
    private const string ResourcePrefix = "Assets/";

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8", [".js"] = "text/javascript; charset=utf-8", [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, Asset> _byFile;
    private readonly FrozenDictionary<string, string> _pathByName;

    public PortalAssets()
    {
        var assembly = typeof(PortalAssets).Assembly;
        var assets = assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Select(name => Load(name[ResourcePrefix.Length..], assembly.GetManifestResourceStream(name)!)).ToList();
        _byFile = assets.ToFrozenDictionary(asset => asset.File, StringComparer.Ordinal);
        _pathByName = assets.ToFrozenDictionary(asset => asset.Name, asset => $"{Folder}/{asset.File}", StringComparer.Ordinal);
    }

    public const string Route = Folder + "/{file}";

    /// <summary>The path, without a path base, at which the asset of this name is.</summary>
    public string PathOf(string name) => _pathByName[name];

    public IResult Serve(string file, HttpContext http)
    {
        if (!_byFile.TryGetValue(file, out var asset)) return Results.NotFound();
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(asset.Content, asset.ContentType, entityTag: asset.Tag);
    }

    private static Asset Load(string name, Stream stream)
    {
        using (stream)
        {
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..16];
            var (stem, extension) = (Path.GetFileNameWithoutExtension(name), Path.GetExtension(name));
            return new Asset(name, $"{stem}.{hash}{extension}", content, ContentTypes[extension], new EntityTagHeaderValue($"\"{hash}\""));
        }
    }

    private sealed record Asset(string Name, string File, byte[] Content, string ContentType, EntityTagHeaderValue Tag);
}
