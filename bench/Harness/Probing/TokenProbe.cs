using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Probing;

/// <summary>Asks a token server once for everything that counts: a target that answers wrongly is not measured.</summary>
internal sealed class TokenProbe(Rig rig, Target target, HttpClient http)
{
    public async Task CheckAsync(CancellationToken cancellation)
    {
        var (status, body) = await PostAsync(target.Form!, cancellation);
        if (status != HttpStatusCode.OK) throw new BenchException($"{target.Name} answered {(int)status}: {body}");
        var answer = JsonElement.Parse(body);
        if (!answer.TryGetProperty("expires_in", out _)) throw new BenchException($"{target.Name} tells no lifetime: {body}");
        var token = answer.GetProperty("access_token").GetString()!;
        await VerifyAsync(token, cancellation);
        if (target.IsLimit) return;
        if (JsonElement.Parse((await PostAsync(target.Form!, cancellation)).Body).GetProperty("access_token").GetString() == token)
            throw new BenchException($"{target.Name} gave one token twice.");
        foreach (var refusal in target.MustRefuse) await RefuseAsync(refusal, cancellation);
    }

    private async Task RefuseAsync(Refusal refusal, CancellationToken cancellation)
    {
        var (status, _) = await PostAsync(refusal.Secret!, cancellation);
        // 429: a server may have had enough of wrong secrets from one place.
        if (status is not (HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests))
            throw new BenchException($"{target.Name} answered {refusal.What} with {(int)status}.");
    }

    private async Task VerifyAsync(string token, CancellationToken cancellation)
    {
        if (token.Split('.') is not [var header, var payload, var signature]) throw new BenchException($"{target.Name} gave no JWT.");
        var head = JsonElement.Parse(Base64Url.DecodeFromChars(header));
        if (head.GetProperty("alg").GetString() != "ES256") throw new BenchException($"{target.Name} signs otherwise than by ES256: {head}");
        using var key = target.Keys is { } url ? await FetchKeyAsync(url, head.GetProperty("kid").GetString()!, cancellation) : null;
        var signed = Encoding.ASCII.GetBytes($"{header}.{payload}");
        if (!(key ?? rig.SigningKey).VerifyData(signed, Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256))
            throw new BenchException($"{target.Name}: the signature of its token is not that of its key.");
    }

    private async Task<ECDsa> FetchKeyAsync(Uri url, string kid, CancellationToken cancellation)
    {
        var jwk = JsonElement.Parse(await http.GetStringAsync(url, cancellation)).GetProperty("keys").EnumerateArray()
            .Single(jwk => jwk.GetProperty("kid").GetString() == kid);
        byte[] Coordinate(string name) => Base64Url.DecodeFromChars(jwk.GetProperty(name).GetString());
        var point = new ECPoint { X = Coordinate("x"), Y = Coordinate("y") };
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
    }

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string form, CancellationToken cancellation)
    {
        using var content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using var answer = await http.PostAsync(target.Url, content, cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
    }
}
