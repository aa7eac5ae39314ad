using System.Text.Json;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Admin.Access;

/// <summary>Why a call is not let in: what the wire may say, and the exact cause for the log and for the application's owner.</summary>
/// <param name="Code">The failure's name.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What the caller reads.</param>
/// <param name="Cause">What the owner reads.</param>
/// <param name="Challenge">The value of <c>WWW-Authenticate</c>; null for a failure that no other token cures.</param>
internal sealed record AdminFailure(string Code, int Status, string Detail, string Cause, string? Challenge = null)
{
    private static readonly ChallengedResource Realm = new("gatehouse admin");
    private const string NotAccepted = "The access token is expired, revoked, malformed or not meant for this API. Obtain a new one.";

    public static AdminFailure NoToken { get; } = new("no_token", StatusCodes.Status401Unauthorized,
        "This call needs an access token: Authorization: Bearer.", "The call carried no access token.", BearerChallenge.Missing(Realm));

    public static AdminFailure TokenInQuery { get; } =
        Malformed("token_in_query", "An access token in the query string is refused. Send it as Authorization: Bearer.");

    public static AdminFailure MalformedHeader { get; } =
        Malformed("malformed_authorization", "The Authorization header must be one Bearer token (RFC 6750 §2.1).");

    /// <summary>The store is away, or the Admin API is not published yet: never a verdict about the token.</summary>
    public static AdminFailure Unavailable { get; } = new("store_unknown", StatusCodes.Status503ServiceUnavailable,
        "The server cannot decide at the moment. Try again later.", "The store could not be asked, or holds no Admin API.");

    /// <summary>A token that is worth something only with its proof is not taken without one (RFC 9449 §7.1).</summary>
    public static AdminFailure TokenIsBound { get; } = InvalidToken("token_is_bound", "The access token is bound to a key or a certificate; this API takes bearer tokens.");

    /// <summary>A token of a user, or one that was exchanged.</summary>
    public static AdminFailure SpeaksForAnother { get; } =
        InvalidToken("speaks_for_another", "The access token speaks for a user or was exchanged; this API takes tokens of applications that speak for themselves.");

    public static AdminFailure Of(AccessTokenFailure failure) => InvalidToken(Name(failure), $"The access token was not accepted: {failure}.");

    public static AdminFailure Of(AccessFailure failure) => failure switch
    {
        AccessFailure.StoreUnknown => Unavailable,
        AccessFailure.NoApprovedContract => new(Name(failure), StatusCodes.Status403Forbidden,
            "The application has no approved contract for the Admin API.",
            "The application has no contract for the Admin API, or one that is requested, suspended or revoked."),
        AccessFailure.InsufficientScope => new(Name(failure), StatusCodes.Status403Forbidden,
            $"The access token lacks the scope {AdminOptions.Scope}.",
            $"The access token was obtained without the scope {AdminOptions.Scope}.", BearerChallenge.InsufficientScope(Realm with { Scope = AdminOptions.Scope })),
        _ => InvalidToken(Name(failure), $"The Admin API refused the access token: {failure}."),
    };

    private static AdminFailure InvalidToken(string code, string cause) =>
        new(code, StatusCodes.Status401Unauthorized, NotAccepted, cause, BearerChallenge.InvalidToken(Realm, NotAccepted));

    private static AdminFailure Malformed(string code, string detail) =>
        new(code, StatusCodes.Status400BadRequest, detail, detail, BearerChallenge.InvalidRequest(Realm, detail));

    private static string Name<T>(T failure)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString());
}
