using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>An application signs its authorization request (RFC 9101).</summary>
public sealed class RequestObjectTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private SigningFlow _signing = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _signing = await SigningFlow.CreateAsync(_node);
        await _signing.Flow.SignInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _signing.Dispose();
        await _node.DisposeAsync();
    }

    [Fact, Rfc(9101, "5.1"), Rfc(9101, "6.3")]
    public async Task What_is_signed_counts_and_nothing_beside_it()
    {
        var location = await _signing.Flow.AllowAtAsync(Url(_signing.RequestObject()) + "&scope=things:write&state=other&redirect_uri=https://evil.example");

        Assert.StartsWith(CodeFlow.Callback, location.OriginalString, StringComparison.Ordinal);
        Assert.Equal("st&te", CodeFlow.Parameter(location, "state"));
        var answer = await _node.Auth.PostTokenAsync(
            $"grant_type=authorization_code&code={CodeFlow.Parameter(location, "code")}&code_verifier={CodeFlow.Verifier}{_signing.Proof()}");
        Assert.Equal((200, "things:read"), (answer.Status, (string?)answer.Body["scope"]));
    }

    [Fact, Rfc(9126, "3")]
    public async Task It_can_be_pushed()
    {
        var (status, body) = await _signing.PushAsync($"request={_signing.RequestObject()}");
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.NotNull(CodeFlow.Parameter(await _signing.Flow.AllowAtAsync(_signing.Url(body)), "code"));

        var (refused, error) = await _signing.PushAsync($"request={_signing.RequestObject(claims => claims["aud"] = "https://elsewhere.example")}");
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request_object"), (refused, (string?)error["error"]));
    }

    [Fact, Rfc(9101, "4"), Rfc(9101, "10.2")]
    public async Task One_that_is_not_its_own_is_shown_to_the_person()
    {
        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = _node.Clock.GetUtcNow().ToUnixTimeSeconds();
        string[] wrong =
        [
            "a.b.c", _signing.RequestObject(by: another), _signing.RequestObject(header: head => head["typ"] = "at+jwt"),
            _signing.RequestObject(header: head => head["alg"] = "none"), _signing.RequestObject(header: head => head["alg"] = "HS256"),
            _signing.RequestObject(claims => claims["iss"] = "somebody"), _signing.RequestObject(claims => claims["aud"] = new JsonArray("https://elsewhere.example")),
            _signing.RequestObject(claims => claims.Remove("aud")), _signing.RequestObject(claims => claims["client_id"] = "somebody"),
            _signing.RequestObject(claims => claims.Remove("exp")), _signing.RequestObject(claims => claims["exp"] = now - 1),
            _signing.RequestObject(claims => claims["exp"] = now + 7200), _signing.RequestObject(claims => claims["nbf"] = now + 60),
            _signing.RequestObject(claims => claims["request_uri"] = "urn:x"), _signing.RequestObject(claims => claims["state"] = new JsonArray("a", "b")),
            _signing.RequestObject(claims => claims["state"] = "a\0b"),
        ];
        foreach (var request in wrong)
        {
            using var answer = await _signing.Flow.Browser.GetAsync(Url(request));
            Assert.Equal((HttpStatusCode.BadRequest, null), (answer.StatusCode, answer.Headers.Location));
        }
    }

    [Fact, Rfc(9101, "6.3")]
    public async Task What_is_wrong_in_it_is_told_to_the_application_once_it_is_proven()
    {
        using var answer = await _signing.Flow.Browser.GetAsync(Url(_signing.RequestObject(claims => claims["scope"] = "things:all")));
        Assert.Equal("invalid_scope", CodeFlow.Parameter(answer.Headers.Location!, "error"));
    }

    private string Url(string request) => $"{CodeFlow.Endpoint}?client_id={_signing.Flow.ClientId}&request={request}";
}
