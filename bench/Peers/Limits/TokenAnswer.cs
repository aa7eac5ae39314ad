using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Bench.Peers.Limits;

/// <summary>A token response of which only the signature is new each time: <c>{"access_token":"header.payload.</c>, 86 characters, the rest.</summary>
internal sealed class TokenAnswer
{
    private const int SignatureBytes = 64;
    private const int SignatureCharacters = 86;

    private readonly ECDsa _key;
    private readonly byte[] _signed;
    private readonly byte[] _before;
    private readonly byte[] _after;

    public TokenAnswer(PeerSettings settings)
    {
        _key = settings.SigningKey;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var header = JsonSerializer.SerializeToUtf8Bytes(new { alg = "ES256", typ = "at+jwt", kid = settings.KeyId });
        var payload = JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = settings.Issuer, sub = settings.ClientId, aud = settings.Audience, client_id = settings.ClientId, scope = settings.Scope,
            iat = now, exp = now + 86_399, jti = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
        });
        _signed = Encoding.ASCII.GetBytes($"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}");
        _before = [.. "{\"access_token\":\""u8, .. _signed, (byte)'.'];
        _after = Encoding.ASCII.GetBytes($"\",\"token_type\":\"Bearer\",\"expires_in\":86399,\"scope\":\"{settings.Scope}\"}}");
    }

    public int Length => _before.Length + SignatureCharacters + _after.Length;

    /// <summary>Writes <see cref="Length"/> bytes. One shared key: instances per thread and pools were measured to cost the same.</summary>
    public void Write(Span<byte> target)
    {
        Span<byte> signature = stackalloc byte[SignatureBytes];
        if (!_key.TrySignData(_signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out _))
            throw new CryptographicException("The key is not on P-256.");
        _before.CopyTo(target);
        Base64Url.EncodeToUtf8(signature, target[_before.Length..], out _, out _);
        _after.CopyTo(target[(_before.Length + SignatureCharacters)..]);
    }
}
