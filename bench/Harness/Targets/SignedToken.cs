using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>Access tokens for the gateways that trust the rig's key, with the claims that Gatehouse's have.</summary>
internal static class SignedToken
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(86_399);

    public static string Make(Rig rig, string audience = Rig.Audience, TimeSpan age = default)
    {
        var issued = TimeProvider.System.GetUtcNow() - age;
        var header = JsonSerializer.SerializeToUtf8Bytes(new { alg = "ES256", typ = "at+jwt", kid = Rig.KeyId });
        var claims = JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = Rig.Issuer, sub = Rig.ClientId, aud = audience, client_id = Rig.ClientId, scope = Rig.Scope,
            iat = issued.ToUnixTimeSeconds(), exp = (issued + Life).ToUnixTimeSeconds(),
            jti = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
        });
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        var signature = rig.SigningKey.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public static IReadOnlyList<string> MakeAll(Rig rig) => [.. Enumerable.Range(0, rig.TokenCount).Select(_ => Make(rig))];

    /// <summary>What every gateway that trusts the key must refuse all the same.</summary>
    public static IReadOnlyList<Refusal> MakeWrong(Rig rig) =>
    [
        new("no token", null),
        new("a forged token", Tampered.ChangeSignature(Make(rig))),
        new("an expired token", Make(rig, age: 2 * Life)),
        new("a token for another audience", Make(rig, audience: "https://api.bench.example/parcels")),
    ];
}
