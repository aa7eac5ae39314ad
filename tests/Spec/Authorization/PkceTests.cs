using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>What proves a code is its own verifier (RFC 7636), and who may redeem one.</summary>
public sealed class PkceTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node, isPublic: true);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(7636, "4.2"), Requirement("7636-02", "8252-03")]
    public async Task The_pair_of_the_RFC_redeems_a_code()
    {
        var code = await _flow.ObtainCodeAsync(("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        Assert.Equal(200, (await _flow.RedeemAsync(code, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).Status);
    }

    public static TheoryData<string> BadVerifiers => [new string('v', 42), new string('v', 129), new string('v', 50) + "%2B", new string('v', 50) + "%20"];

    [Theory, Rfc(7636, "4.1"), Requirement("7636-01"), MemberData(nameof(BadVerifiers))]
    public async Task A_verifier_that_is_none_is_refused_although_it_matches(string verifier)
    {
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Uri.UnescapeDataString(verifier))));
        (await _flow.RedeemAsync(await _flow.ObtainCodeAsync(("code_challenge", challenge)), verifier)).IsRefused(400, "invalid_grant");
    }

    [Fact, Rfc(9700, "4.5.3.1"), Requirement("9700-30")]
    public async Task The_verifier_of_one_code_does_not_redeem_another()
    {
        var first = await _flow.ObtainCodeAsync();
        var second = await _flow.ObtainCodeAsync(("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        (await _flow.RedeemAsync(second)).IsRefused(400, "invalid_grant");
        Assert.Equal(200, (await _flow.RedeemAsync(first)).Status);
    }

    [Fact, Rfc(6749, "3.2.1"), Requirement("6749-32")]
    public async Task Whoever_redeems_says_who_it_is()
    {
        var code = await _flow.ObtainCodeAsync();
        (await _node.Auth.PostTokenAsync($"grant_type=authorization_code&code={code}&code_verifier={CodeFlow.Verifier}")).IsRefused(401, "invalid_client");
        Assert.Equal(200, (await _flow.RedeemAsync(code)).Status);
    }

    [Fact, Rfc(6749, "4.4.2"), Requirement("6749-52")]
    public async Task A_public_application_does_not_speak_for_itself() =>
        (await _node.Auth.PostTokenAsync($"grant_type=client_credentials{_flow.Authentication}")).IsRefused(400, "unauthorized_client");
}
