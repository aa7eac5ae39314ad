using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Bench.Harness.Paths.Servers;

/// <summary>What all authorization requests have in common (RFC 7636).</summary>
internal static class Pkce
{
    public const string RedirectUri = "https://app.bench.example/callback";

    public static string Verifier { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);

    public static string Challenge { get; } = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
}
