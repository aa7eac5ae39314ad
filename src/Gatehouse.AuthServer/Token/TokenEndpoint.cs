using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Requests;
using Gatehouse.AuthServer.Token.Grants;
using Gatehouse.Protocol.Forms;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Token;

/// <summary><c>POST /as/token.oauth2</c> (RFC 6749 §3.2). All that can say no comes before the token is minted.</summary>
public sealed class TokenEndpoint(
    ClientRequests requests, IEnumerable<IGrant> grants, ApiCatalog apis, TokenIssuer issuer, OAuthFailureWriter failures)
{
    private readonly FrozenDictionary<string, IGrant> _grants = grants.ToFrozenDictionary(grant => grant.GrantType, StringComparer.Ordinal);

    public async Task HandleAsync(HttpContext http)
    {
        // 1. Parse once: bounded, strict, every parameter at most once. 2. Client authentication.
        if (await requests.AcceptAsync(http) is not { Application: var application, Form: var form }) return;

        // 3. The grant is offered and allowed for this application; the scope policy says what it may obtain.
        // 4. Sender constraint: none is offered yet, every token is a bearer token.
        // 5. The grant decides whom the token speaks for.
        var refusal = Decide(application, form, out var content);
        if (refusal is not null)
        {
            await failures.WriteAsync(http, refusal, application.Registered.ClientId, application.Registered);
            return;
        }

        // 6. Consume: what may be used once is used now.
        if (!await requests.ConsumeAsync(http, application)) return;

        // 7. Issue. 8. Write.
        await WriteTokenAsync(http.Response, issuer.Mint(content!), content!, form["scope"]);
    }

    private OAuthFailure? Decide(AuthenticatedApplication application, FormBody form, out TokenContent? content)
    {
        content = null;
        if (form["grant_type"] is not { } grantType) return OAuthFailure.MissingGrantType;
        if (!_grants.TryGetValue(grantType, out var grant)) return OAuthFailure.UnsupportedGrantType;
        if (!application.Registered.GrantTypes.Contains(grantType)) return OAuthFailure.GrantNotAllowed(grantType);
        if (ScopePolicy.Apply(form["scope"], application.Registered, apis.Current, out var access) is { } refused) return refused;
        var decision = grant.Decide(application, form);
        if (decision.Subject is null) return decision.Failure;
        content = new TokenContent(application.Registered, decision.Subject, access!.Scope, access.Audience, access.LifetimeSeconds);
        return null;
    }

    private static async Task WriteTokenAsync(HttpResponse response, byte[] token, TokenContent content, string? requestedScope)
    {
        var body = new ArrayBufferWriter<byte>(token.Length + 256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("access_token"u8, token);
            json.WriteString("token_type"u8, "Bearer"u8);
            json.WriteNumber("expires_in"u8, content.LifetimeSeconds);
            // RFC 6749 §5.1: the scope is stated when it is not what was asked for.
            if (requestedScope is null && content.Scope.Count > 0) json.WriteString("scope"u8, content.Scope.ToString());
            json.WriteEndObject();
        }
        response.ContentType = "application/json";
        response.ContentLength = body.WrittenCount;
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        await response.Body.WriteAsync(body.WrittenMemory);
    }
}
