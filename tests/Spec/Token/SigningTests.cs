using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Secrets;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Token;

/// <summary>What tokens are signed with, and that changing it breaks none.</summary>
public sealed class SigningTests : IAsyncLifetime
{
    private readonly TestNode _node = new();

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory, Rfc(7518, "3.3"), Rfc(7518, "3.5"), Rfc(9068, "2.1"), Requirement("9068-02")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task An_API_can_have_tokens_of_another_algorithm(string algorithm)
    {
        var api = _node.DescribeApi("things", _node.Upstream.Url);
        api.AccessTokenSigningAlg = algorithm;
        await _node.Founder.PublishAsync(api);
        var flow = await CodeFlow.CreateAsync(_node, change: draft => draft with { GrantTypes = ["client_credentials"] });
        await _node.SettleAsync();

        var token = (string)(await _node.Auth.PostTokenAsync($"grant_type=client_credentials{flow.Authentication}")).Body["access_token"]!;

        await VerifyAsync(token, algorithm);
        using var call = await _node.CallAsync("/things", token);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task An_application_can_have_ID_tokens_of_another_algorithm(string algorithm)
    {
        var flow = await CodeFlow.CreateAsync(_node, change: draft => draft with { IdTokenSignedResponseAlg = algorithm });
        await flow.SignInAsync();
        var answer = await flow.RedeemAsync(await flow.ObtainCodeAsync(("scope", "openid")));
        await VerifyAsync((string)answer.Body["id_token"]!, algorithm);
        await VerifyAsync((string)answer.Body["access_token"]!, "ES256");
    }

    [Fact, Rfc(8725, "3.1"), Requirement("JOSE-10")]
    public async Task Tokens_of_before_and_after_a_rotation_work()
    {
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
            await VerifyAsync(token, "ES256");
            using var call = await _node.CallAsync("/things", token);
            Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        }
    }

    private static string KidOf(string token) => (string)TokenForge.Read(token.Split('.')[0])["kid"]!;

    private async Task VerifyAsync(string token, string algorithm)
    {
        var keys = await _node.Auth.GetFromJsonAsync<JsonObject>("/pf/JWKS");
        Assert.True(JwkSet.TryParse(keys!.ToJsonString(), out var set));
        Assert.True(CompactJws.TryParse(token, out var jws));
        Assert.True(set.Verifies(jws, [algorithm]));
        Assert.Equal(algorithm, jws.HeaderText("alg"));
    }
}
