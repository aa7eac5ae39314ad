using System.Globalization;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Authorization;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Authorization;

/// <summary>Where an answer goes: proven to be the application's.</summary>
internal sealed record AuthorizationTarget(string RedirectUri, string ResponseMode, string? State);

/// <summary>What an authorization request must satisfy (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 9700 §2.1).</summary>
internal static class AuthorizationRules
{
    private const int MaxStateLength = 4096;
    private const int MaxNonceLength = 512;
    private const int MaxHintLength = 254;

    /// <summary>The values of <c>prompt</c> (OpenID Connect Core §3.1.2.1).</summary>
    public static readonly string[] KnownPrompts = ["none", "login", "consent", "select_account"];

    /// <summary>The redirect URI of the request when it is one of the application's; it may be left out when there is only one (RFC 6749 §3.1.2.3).</summary>
    public static string? FindRedirectUri(RegisteredApplication application, string? presented)
    {
        if (presented is null) return application.RedirectUris is [var only] && !application.IsFapi ? only : null; // FAPI 2.0 §5.3.2.2: it is sent.
        return application.RedirectUris.Any(registered => RedirectUri.Matches(registered, presented)) ? presented : null;
    }

    /// <summary>The way to answer. Errors go by query also when another way was asked for that there is not.</summary>
    public static string ResponseMode(AuthorizationParameters parameters) =>
        parameters["response_mode"] == AuthorizationAnswer.FormPost ? AuthorizationAnswer.FormPost : AuthorizationAnswer.Query;

    public static AuthorizationError? Check(
        AuthorizationParameters parameters, AuthorizationTarget target, RegisteredApplication application, ApiSnapshot apis, DateTimeOffset now,
        out AuthorizationInteraction? interaction)
    {
        interaction = null;
        if (parameters.Fault is { } fault) return AuthorizationError.InvalidRequest(fault);
        if (parameters["request_uri"] is not null) return AuthorizationError.RequestUriNotSupported;
        if (CheckResponse(parameters) is { } responseError) return responseError;
        if (!application.IsActive || !application.GrantTypes.Contains(GrantType.AuthorizationCode)) return AuthorizationError.UnauthorizedClient;
        if (CheckPkce(parameters, out var challenge) is { } pkceError) return pkceError;
        if (target.State?.Length > MaxStateLength) return AuthorizationError.InvalidRequest($"The state may have up to {MaxStateLength} characters.");
        if (parameters["nonce"]?.Length > MaxNonceLength) return AuthorizationError.InvalidRequest($"The nonce may have up to {MaxNonceLength} characters.");
        if (parameters["dpop_jkt"] is { } dpopKey && !Pkce.IsChallenge(dpopKey)) return AuthorizationError.InvalidRequest("The dpop_jkt is not a SHA-256 in base64url.");
        if (CheckPrompt(parameters, out var prompts, out var maxAge) is { } promptError) return promptError;
        var request = new AccessRequest(parameters["scope"], parameters.Form.All("resource")) { IsForUser = true };
        if (DetailsPolicy.Apply(new DetailsRequest(parameters[AuthorizationDetails.Name], request.Resources), application, apis, out var details) is { } wrong)
            return AuthorizationError.InvalidAuthorizationDetails(wrong.Wire.Description);
        if (ScopePolicy.Apply(request with { Details = details }, application, apis, out var access) is { } refused)
            return refused.Wire.Code == "invalid_target" ? AuthorizationError.InvalidTarget(refused.Wire.Description) : AuthorizationError.InvalidScope;
        interaction = new AuthorizationInteraction
        {
            ApplicationId = application.Id, OrganizationId = application.OrganizationId, ClientId = application.ClientId,
            RedirectUri = target.RedirectUri, ResponseMode = target.ResponseMode, State = target.State, Scope = access!.Scope.ToString(), Resources = request.Resources,
            Details = details.Count > 0 ? details.Text : null,
            CodeChallenge = challenge, Nonce = parameters["nonce"], DpopKey = parameters["dpop_jkt"], Prompts = prompts, MaxAgeSeconds = maxAge,
            IsUnproven = application.IsPublic && !target.RedirectUri.StartsWith("https://", StringComparison.OrdinalIgnoreCase),
            IsUnverified = !application.IsApproved,
            LoginHint = parameters["login_hint"] is { Length: <= MaxHintLength } hint ? hint : null, Browser = string.Empty, StartedAt = now,
        };
        return null;
    }

    private static AuthorizationError? CheckResponse(AuthorizationParameters parameters)
    {
        if (parameters["response_type"] is not { } type) return AuthorizationError.InvalidRequest("The parameter response_type is missing.");
        if (type != "code")
        {
            return AuthorizationError.UnsupportedResponseType(type.Split(' ').Any(part => part is "token" or "id_token")
                ? "Tokens are not sent through the browser (RFC 9700). Use response_type=code with PKCE." : "Use response_type=code.");
        }
        return parameters["response_mode"] is null or AuthorizationAnswer.Query or AuthorizationAnswer.FormPost ? null
            : AuthorizationError.InvalidRequest("Use response_mode=query or form_post.");
    }

    private static AuthorizationError? CheckPkce(AuthorizationParameters parameters, out string challenge)
    {
        challenge = parameters["code_challenge"] ?? string.Empty;
        if (challenge.Length == 0) return AuthorizationError.InvalidRequest("The parameter code_challenge is missing. PKCE is required (RFC 7636).");
        if (parameters["code_challenge_method"] != Pkce.Method)
            return AuthorizationError.InvalidRequest("Send code_challenge_method=S256. The method plain is not supported (RFC 9700).");
        return Pkce.IsChallenge(challenge) ? null : AuthorizationError.InvalidRequest("The code_challenge is not a SHA-256 in base64url.");
    }

    private static AuthorizationError? CheckPrompt(AuthorizationParameters parameters, out string[] prompts, out long? maxAge)
    {
        prompts = parameters["prompt"]?.Split(' ') ?? [];
        maxAge = null;
        if (prompts.Except(KnownPrompts, StringComparer.Ordinal).Any())
            return AuthorizationError.InvalidRequest($"The values of prompt are {string.Join(", ", KnownPrompts)}.");
        if (prompts.Contains("none", StringComparer.Ordinal) && prompts.Length > 1) return AuthorizationError.InvalidRequest("prompt=none stands alone.");
        if (parameters["max_age"] is not { } text) return null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return AuthorizationError.InvalidRequest("The max_age is a number of seconds.");
        maxAge = seconds;
        return null;
    }
}
