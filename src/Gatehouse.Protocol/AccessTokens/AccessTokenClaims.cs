using System.Buffers;
using System.Text.Json;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.Protocol.AccessTokens;

/// <summary>The claims of a JWT access token (RFC 9068 §2.2). Instants are seconds since 1970-01-01T00:00:00Z.</summary>
public sealed record AccessTokenClaims
{
    public required string Issuer { get; init; }

    /// <summary>The application itself for client credentials, with the prefix that no user's subject has (RFC 9068 §5).</summary>
    public required string Subject { get; init; }

    public required IReadOnlyList<string> Audience { get; init; }

    public required string ClientId { get; init; }

    public required ScopeSet Scope { get; init; }

    public required long IssuedAt { get; init; }

    public required long ExpiresAt { get; init; }

    public required string TokenId { get; init; }

    /// <summary>The grant of a user that the token descends from; null when the application speaks for itself.</summary>
    public string? GrantId { get; init; }

    /// <summary>What must be proved with every use (<c>cnf</c>, RFC 7800 §3.1); null for a bearer token.</summary>
    public Confirmation? Confirmation { get; init; }

    /// <summary>Who acts for the subject, and for whom that one acted before (RFC 8693 §4.1); null when the token was not exchanged.</summary>
    public ActorClaim? Actor { get; init; }

    /// <summary>The tokens that were exchanged for it, the first one first; empty when it was not exchanged.</summary>
    public IReadOnlyList<TokenOrigin> Origins { get; init; } = [];

    /// <summary>What it allows in detail (RFC 9396 §9.1).</summary>
    public AuthorizationDetails Details { get; init; } = AuthorizationDetails.None;

    /// <summary>The value of <c>token_type</c>; one that is bound to a certificate is sent like a bearer token (RFC 8705 §3).</summary>
    public string TokenType => Confirmation?.Method == ConfirmationMethod.DpopKey ? "DPoP" : "Bearer";

    /// <summary>A new <c>jti</c>: 128 random bits in base64url.</summary>
    public static string NewTokenId() => TokenIds.New();

    /// <summary>Writes the payload of the token.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        WriteMembersTo(json);
        json.WriteEndObject();
    }

    /// <summary>Writes the claims into an object that was begun: the token's payload, or what introspection says of it.</summary>
    public void WriteMembersTo(Utf8JsonWriter json)
    {
        json.WriteString("iss", Issuer);
        json.WriteString("sub", Subject);
        if (Audience.Count == 1)
        {
            json.WriteString("aud", Audience[0]);
        }
        else
        {
            json.WriteStartArray("aud");
            foreach (var audience in Audience) json.WriteStringValue(audience);
            json.WriteEndArray();
        }
        json.WriteString("client_id", ClientId);
        if (Scope.Count > 0) json.WriteString("scope", Scope.ToString()); // RFC 9068 §2.2.3; an empty one is no scope (RFC 6749 §3.3).
        json.WriteNumber("iat", IssuedAt);
        json.WriteNumber("exp", ExpiresAt);
        json.WriteString("jti", TokenId);
        if (GrantId is not null) json.WriteString("grant_id", GrantId);
        Actor?.WriteTo(json);
        TokenOrigin.WriteTo(json, Origins);
        Details.WriteTo(json);
        Confirmation?.WriteTo(json);
    }

    /// <summary>Reads a payload whose types are exactly those of RFC 9068 §2.2; an <c>exp</c> as a string is refused.</summary>
    public static AccessTokenClaims? Read(JsonElement payload)
    {
        if (!TryText(payload, "iss", out var issuer) || !TryText(payload, "sub", out var subject)
            || !TryText(payload, "client_id", out var clientId) || !TryText(payload, "jti", out var tokenId)
            || !TryInstant(payload, "iat", out var issuedAt) || !TryInstant(payload, "exp", out var expiresAt)
            || ReadAudience(payload) is not { } audience
            || ReadScope(payload) is not { } scope
            || (!TryText(payload, "grant_id", out var grantId) && payload.TryGetProperty("grant_id", out _))
            || !ActorClaim.TryRead(payload, out var actor)
            || TokenOrigin.Read(payload) is not { } origins
            || ReadDetails(payload) is not { } details
            || !Confirmation.TryRead(payload, out var confirmation)) return null;
        return new AccessTokenClaims
        {
            Issuer = issuer, Subject = subject, Audience = audience, ClientId = clientId, Scope = scope,
            IssuedAt = issuedAt, ExpiresAt = expiresAt, TokenId = tokenId,
            GrantId = grantId.Length > 0 ? grantId : null, Confirmation = confirmation, Actor = actor, Origins = origins, Details = details,
        };
    }

    private static bool TryText(JsonElement payload, string name, out string text)
    {
        text = payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
        return text.Length > 0;
    }

    private static ScopeSet? ReadScope(JsonElement payload) =>
        !payload.TryGetProperty("scope", out _) ? ScopeSet.Empty
        : TryText(payload, "scope", out var text) && ScopeSet.TryParse(text, out var scope) ? scope : null;

    private static AuthorizationDetails? ReadDetails(JsonElement payload) =>
        payload.TryGetProperty(AuthorizationDetails.Name, out var value) ? AuthorizationDetails.Read(value, out _) : AuthorizationDetails.None;

    private static bool TryInstant(JsonElement payload, string name, out long seconds)
    {
        seconds = 0;
        return payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out seconds) && seconds is > 0 and < 1L << 40;
    }

    private static string[]? ReadAudience(JsonElement payload)
    {
        if (!payload.TryGetProperty("aud", out var value)) return null;
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > 64) return null;
        return value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : null;
    }
}
