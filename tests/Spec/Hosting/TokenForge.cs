using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Store.Model;
using Gatehouse.Store.Secrets;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>Makes tokens that the issuer never would, with the issuer's own key or another.</summary>
internal sealed class TokenForge
{
    private readonly ECDsa _key;
    private readonly string _kid;

    private TokenForge(ECDsa key, string kid) => (_key, _kid) = (key, kid);

    public static async Task<TokenForge> WithIssuersKeyAsync(TestNode node)
    {
        await using var db = node.Database.Open();
        var record = await db.SigningKeys.AsNoTracking().SingleAsync(row => row.State == SigningKeyState.Active);
        return new TokenForge((ECDsa)new SigningKeyVault(node.Key).Open(record), record.Kid);
    }

    public TokenForge WithAnotherKey() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), _kid);

    /// <summary>The public half of its key.</summary>
    public JsonObject PublicJwk => AssertingApplication.PublicJwk(_key);

    /// <summary>A good token with changes.</summary>
    public string Change(string token, Action<JsonObject>? header = null, Action<JsonObject>? payload = null)
    {
        var parts = token.Split('.');
        var (changedHeader, changedPayload) = (Read(parts[0]), Read(parts[1]));
        header?.Invoke(changedHeader);
        payload?.Invoke(changedPayload);
        return Sign(changedHeader.ToJsonString(), changedPayload.ToJsonString());
    }

    public string Sign(string header, string payload)
    {
        var input = $"{Encode(header)}.{Encode(payload)}";
        var signature = _key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    public static JsonObject Read(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
