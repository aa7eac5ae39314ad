using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Web;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>An application of the code flow that signs: its requests, and assertions instead of a secret.</summary>
internal sealed class SigningFlow(TestNode node, CodeFlow flow, ECDsa key) : IDisposable
{
    public CodeFlow Flow { get; } = flow;

    public static async Task<SigningFlow> CreateAsync(TestNode node, Func<ApplicationDraft, ApplicationDraft>? change = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new SigningFlow(node, await CodeFlow.CreateAsync(node, change: draft =>
        {
            draft = draft with
            {
                TokenEndpointAuthMethod = TokenEndpointAuthMethods.PrivateKeyJwt, Jwks = AssertingApplication.JwkSet(AssertingApplication.PublicJwk(key)),
                RedirectUris = [CodeFlow.Callback],
            };
            return change is null ? draft : change(draft);
        }), key);
    }

    public void Dispose() => key.Dispose();

    /// <summary>A good request object with changes.</summary>
    public string RequestObject(Action<JsonObject>? payload = null, Action<JsonObject>? header = null, ECDsa? by = null)
    {
        var now = node.Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = Flow.ClientId, ["aud"] = TestNode.Issuer, ["iat"] = now, ["exp"] = now + 60 };
        var parameters = HttpUtility.ParseQueryString(Flow.Url().Split('?')[1]);
        foreach (var name in parameters.AllKeys) claims[name!] = parameters[name];
        var head = new JsonObject { ["alg"] = "ES256", ["typ"] = "oauth-authz-req+jwt" };
        payload?.Invoke(claims);
        header?.Invoke(head);
        return AssertingApplication.Sign(by ?? key, head, claims);
    }

    /// <summary>The parameters by which it proves who it is.</summary>
    public string Proof(Action<JsonObject>? header = null)
    {
        var now = node.Clock.GetUtcNow().ToUnixTimeSeconds();
        var head = new JsonObject { ["alg"] = "ES256", ["typ"] = "JWT" };
        header?.Invoke(head);
        var assertion = AssertingApplication.Sign(key, head, new JsonObject
        {
            ["iss"] = Flow.ClientId, ["sub"] = Flow.ClientId, ["aud"] = TestNode.Issuer, ["iat"] = now, ["exp"] = now + 60, ["jti"] = Guid.NewGuid().ToString(),
        });
        return $"&client_assertion_type={Uri.EscapeDataString(ClientAssertion.Type)}&client_assertion={assertion}";
    }

    /// <summary>Pushes a request.</summary>
    public async Task<(HttpStatusCode Status, JsonObject Body)> PushAsync(string form)
    {
        using var content = new StringContent(form + Proof(), System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await node.Auth.PostAsync("/as/par.oauth2", content);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    /// <summary>The address of a pushed request.</summary>
    public string Url(JsonObject pushed) => $"{CodeFlow.Endpoint}?client_id={Flow.ClientId}&request_uri={Uri.EscapeDataString((string)pushed["request_uri"]!)}";
}
