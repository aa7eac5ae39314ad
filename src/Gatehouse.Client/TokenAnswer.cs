using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Gatehouse.Client;

/// <summary>The members of a token endpoint's answer that matter here (RFC 6749 §5.1, §5.2); others are ignored.</summary>
internal sealed partial class TokenAnswer
{
    public string? AccessToken { get; init; }
    public string? TokenType { get; init; }
    public long? ExpiresIn { get; init; }
    public string? Error { get; init; }
    public string? ErrorDescription { get; init; }
    public string? TraceId { get; init; }

    /// <summary>The answer, or null when it is no JSON object of this shape.</summary>
    public static TokenAnswer? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TokenAnswerJson.Default.TokenAnswer);
        }
        catch (JsonException)
        {
            // Its message quotes the answer, which may hold half a token.
            return null;
        }
    }

    /// <summary>What is wrong with this as a token answer, or null when nothing is.</summary>
    public string? Defect() => this switch
    {
        { AccessToken: null or "" } => "it has no access_token",
        { TokenType: null or "" } => "it has no token_type",
        // RFC 6749 §7.1: a token of a type that one does not understand must not be used.
        { TokenType: var type } when !type.Equals("Bearer", StringComparison.OrdinalIgnoreCase) => "its token_type is not Bearer",
        { AccessToken: var token } when !BearerToken.IsMatch(token) =>
            "its access_token cannot stand in an Authorization header (RFC 6750 §2.1)",
        { ExpiresIn: <= 0 } => "its expires_in is not positive",
        _ => null,
    };

    [GeneratedRegex(@"\A[A-Za-z0-9\-._~+/]+=*\z")]
    private static partial Regex BearerToken { get; }
}

// Some servers send expires_in as a string; a member that appears twice is refused because readers disagree on which one counts.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class TokenAnswerJson : JsonSerializerContext;
