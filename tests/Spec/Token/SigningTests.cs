using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Model;
using Gatehouse.Store.Secrets;
using Gatehouse.Store.Signatures;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Token;

/// <summary>What tokens are signed with, and that changing it breaks none.</summary>
public sealed class SigningTests : IAsyncLifetime
{
    private readonly TestNode _node = new();

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory, Rfc(7518, "3.3"), Rfc(7518, "3.5"), Rfc(8037, "3.1"), Rfc(9864, "2.2"), Rfc(9964, "4"), Rfc(9068, "2.1"), Requirement("9068-02")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("EdDSA")]
    [InlineData("Ed25519")]
    [InlineData("ML-DSA-44")]
    [InlineData("ML-DSA-65")]
    [InlineData("ML-DSA-87")]
    public async Task An_API_can_have_tokens_of_another_algorithm(string algorithm)
    {
        var reader = await _node.CreateApplicationAsync(name: "Things' server");
        await PublishAsync(algorithm, reader.ClientId);
        var flow = await CodeFlow.CreateAsync(_node, change: draft => draft with { GrantTypes = ["client_credentials"] });
        await _node.SettleAsync();

        var token = (string)(await _node.Auth.PostTokenAsync($"grant_type=client_credentials{flow.Authentication}")).Body["access_token"]!;

        await VerifyAsync(token, algorithm);
        using var call = await _node.CallAsync("/things", token);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        var facts = await _node.Auth.PostTokenAsync($"token={token}", request =>
        {
            request.RequestUri = new Uri("/as/introspect.oauth2", UriKind.Relative);
            request.UseBasic(reader.ClientId, reader.ClientSecret);
        });
        Assert.Equal("true", facts.Body["active"]!.ToJsonString());
        using var changed = await _node.CallAsync("/things", Change(token));
        Assert.Equal(HttpStatusCode.Unauthorized, changed.StatusCode);
    }

    [Theory, Rfc(7638, "3"), Rfc(8037, "2"), Rfc(9964, "6")]
    [InlineData("EdDSA", "crv,kty,x")]
    [InlineData("ML-DSA-65", "alg,kty,pub")]
    public async Task The_key_is_published_under_the_name_of_its_thumbprint(string algorithm, string members)
    {
        await PublishAsync(algorithm);
        var token = await _node.ObtainTokenAsync(await _node.CreateApplicationAsync());
        var keys = (await _node.Auth.GetFromJsonAsync<JsonObject>("/pf/JWKS"))!["keys"]!.AsArray();

        var jwk = keys.Single(key => (string?)key!["alg"] == algorithm)!.AsObject();
        Assert.Equal(KidOf(token), (string?)jwk["kid"]);
        Assert.Equal(((string[])[.. members.Split(','), "alg", "kid", "use"]).Distinct().Order(), jwk.Select(member => member.Key).Order());
        var canonical = $"{{{string.Join(',', members.Split(',').Select(name => $"\"{name}\":\"{jwk[name]}\""))}}}";
        Assert.Equal(KidOf(token), Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(canonical))));
    }

    [Theory]
    [InlineData("EdDSA", 43)]
    [InlineData("RS256", 22)]
    [InlineData("ML-DSA-65", 0)]
    public async Task An_ID_token_hashes_the_access_token_as_its_algorithm_does(string algorithm, int length)
    {
        var flow = await CodeFlow.CreateAsync(_node, change: draft => draft with { IdTokenSignedResponseAlg = algorithm });
        await flow.SignInAsync();
        var answer = await flow.RedeemAsync(await flow.ObtainCodeAsync(("scope", "openid")));
        var hash = (string?)TokenForge.Read(((string)answer.Body["id_token"]!).Split('.')[1])["at_hash"];

        Assert.Equal(length, hash?.Length ?? 0);
        var token = Encoding.ASCII.GetBytes((string)answer.Body["access_token"]!);
        if (algorithm == "EdDSA") Assert.Equal(Base64Url.EncodeToString(SHA512.HashData(token).AsSpan(0, 32)), hash);
        if (algorithm == "RS256") Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(token).AsSpan(0, 16)), hash);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("EdDSA")]
    [InlineData("ML-DSA-65")]
    public async Task An_application_can_have_ID_tokens_of_another_algorithm(string algorithm)
    {
        var flow = await CodeFlow.CreateAsync(_node, change: draft => draft with { IdTokenSignedResponseAlg = algorithm });
        await flow.SignInAsync();
        var answer = await flow.RedeemAsync(await flow.ObtainCodeAsync(("scope", "openid")));
        await VerifyAsync((string)answer.Body["id_token"]!, algorithm);
        await VerifyAsync((string)answer.Body["access_token"]!, "ES256");
    }

    [Theory, Rfc(8725, "3.1"), Requirement("JOSE-10")]
    [InlineData("ES256")]
    [InlineData("EdDSA")]
    [InlineData("ML-DSA-65")]
    public async Task Tokens_of_before_and_after_a_rotation_work(string algorithm)
    {
        await PublishAsync(algorithm);
        var credentials = await _node.CreateApplicationAsync();
        var before = await _node.ObtainTokenAsync(credentials);
        var rotation = _node.Get<SigningKeyRotation>();

        await rotation.AnnounceAsync();
        await _node.SettleAsync();
        var during = await _node.ObtainTokenAsync(credentials);
        await rotation.ActivateAsync();
        await _node.SettleAsync();
        await Eventually.TrueAsync(async () => KidOf(await _node.ObtainTokenAsync(credentials)) != KidOf(before), "the new key signs");

        Assert.Equal(KidOf(before), KidOf(during));
        foreach (var token in new[] { before, during, await _node.ObtainTokenAsync(credentials) })
        {
            await VerifyAsync(token, algorithm);
            using var call = await _node.CallAsync("/things", token);
            Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        }
    }

    [Fact]
    public async Task A_key_that_was_missed_at_its_activation_signs_from_the_next_minute_on()
    {
        var credentials = await _node.CreateApplicationAsync();
        var before = await _node.ObtainTokenAsync(credentials);
        await using (var db = _node.Database.Open())
        {
            // Without a change row, as when the store was away in the moment of the change.
            await db.SigningKeys.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, SigningKeyState.Retired));
            db.SigningKeys.Add(new SigningKeyVault(_node.Key).Generate(SigningKeyState.Active, _node.Clock.GetUtcNow()));
            await db.SaveChangesAsync();
        }
        Assert.Equal(KidOf(before), KidOf(await _node.ObtainTokenAsync(credentials)));

        _node.Clock.Advance(TimeSpan.FromMinutes(1));

        await Eventually.TrueAsync(async () => KidOf(await _node.ObtainTokenAsync(credentials)) != KidOf(before), "the new key signs");
    }

    private async Task PublishAsync(string algorithm, params List<string> resourceServers)
    {
        var api = _node.DescribeApi("things", _node.Upstream.Url);
        (api.AccessTokenSigningAlg, api.ResourceServers) = (algorithm, resourceServers);
        await _node.Founder.PublishAsync(api);
        await _node.SettleAsync();
    }

    // The first bits of the signature.
    private static string Change(string token)
    {
        var at = token.LastIndexOf('.') + 1;
        return $"{token[..at]}{(token[at] == 'A' ? 'B' : 'A')}{token[(at + 1)..]}";
    }

    private static string KidOf(string token) => (string)TokenForge.Read(token.Split('.')[0])["kid"]!;

    private async Task VerifyAsync(string token, string algorithm)
    {
        var keys = await _node.Auth.GetFromJsonAsync<JsonObject>("/pf/JWKS");
        Assert.True(JwkSet.TryParse(keys!.ToJsonString(), SignatureLibrary.Instance, out var set));
        Assert.True(CompactJws.TryParse(token, out var jws));
        Assert.True(set.Verifies(jws, [algorithm]));
        Assert.Equal(algorithm, jws.HeaderText("alg"));
    }
}
