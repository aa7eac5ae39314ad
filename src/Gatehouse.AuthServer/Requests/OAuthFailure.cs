using System.Globalization;
using Gatehouse.Protocol.Authorization;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.JwtBearer;
using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.AuthServer.Requests;

/// <summary>
/// The closed set of reasons for which an endpoint that applications post to refuses: a name for logs and metrics, what the wire may say, and the exact cause
/// for the application's owner.
/// </summary>
public sealed record OAuthFailure
{
    private OAuthFailure(string code, OAuthError wire, string cause) => (Code, Wire, Cause) = (code, wire, cause);

    public string Code { get; }

    public OAuthError Wire { get; }

    public string Cause { get; }

    /// <summary>How long to wait before the next try; null when waiting alone mends nothing.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>True when a wrong secret, or one for nobody, was tried: these are slowed.</summary>
    public bool IsGuess => Code is "unknown_application" or "wrong_secret" or "wrong_assertion";

    /// <summary>
    /// True when anybody who knows a <c>client_id</c> can cause it: the owner is not told more often than guesses are answered, so that a
    /// stranger cannot push the application's own problems out of sight.
    /// </summary>
    public bool IsUnproven => IsGuess || Code is "parameter_in_query" or "no_credentials" or "malformed_basic"
        or "unsupported_authorization_scheme" or "two_methods" or "two_client_ids" or "wrong_assertion_type"
        or "malformed_assertion" or "no_certificate" or "wrong_certificate" or "application_keys_away";

    public static OAuthFailure MethodIsNotPost { get; } = Request("method_is_not_post",
        OAuthError.InvalidRequest("This endpoint is called with POST.") with { Status = 405 });

    public static OAuthFailure WrongContentType { get; } = Request("wrong_content_type",
        OAuthError.InvalidRequest("Send the parameters as application/x-www-form-urlencoded in UTF-8."));

    public static OAuthFailure BodyTooLarge { get; } = Request("body_too_large",
        OAuthError.InvalidRequest($"The body is larger than {FormBody.MaxBytes} bytes.") with { Status = 413 });

    public static OAuthFailure ParameterInQuery { get; } = new("parameter_in_query",
        OAuthError.InvalidRequest("Send the parameters in the body. A query string ends up in logs: if a secret was in it, replace that secret."),
        "The credentials were in the query string, where proxies and logs keep them. Send them in the body, add a new secret and retire this one.");

    public static OAuthFailure TooManyRequests(TimeSpan wait) => Request("too_many_requests", OAuthError.TooManyRequests) with { RetryAfter = wait };

    public static OAuthFailure NoCredentials { get; } = new("no_credentials", OAuthError.InvalidClient,
        "The request carried no client_secret and no client_assertion. Send client_id and client_secret in the body, or by HTTP Basic.");

    public static OAuthFailure MalformedBasic { get; } = new("malformed_basic", OAuthError.InvalidClient,
        "The Authorization header is not well-formed HTTP Basic with form-urlencoded halves.");

    public static OAuthFailure UnsupportedAuthorizationScheme { get; } = new("unsupported_authorization_scheme", OAuthError.InvalidClient,
        "The Authorization header has a scheme other than Basic.");

    public static OAuthFailure TwoMethods { get; } = new("two_methods",
        OAuthError.InvalidRequest("Use one way to send the credentials: HTTP Basic, client_secret in the body, or client_assertion."),
        "The request carried credentials in two ways.");

    public static OAuthFailure WrongAssertionType { get; } = new("wrong_assertion_type",
        OAuthError.InvalidRequest($"Send client_assertion with the client_assertion_type {ClientAssertion.Type}."),
        "The client_assertion_type was missing or another one.");

    public static OAuthFailure MalformedAssertion { get; } = new("malformed_assertion", OAuthError.InvalidClient,
        "The client_assertion is missing, or is not a well-formed JWT with a sub.");

    public static OAuthFailure ApplicationKeysAway { get; } = new("application_keys_away", OAuthError.InvalidClient,
        "The keys of the application could not be fetched from its jwks_uri, or there is none that is taken.");

    public static OAuthFailure AssertionReplayed { get; } = new("assertion_replayed", OAuthError.InvalidClient,
        "The client_assertion is right, but its jti was used before. Make a new one for every request.");

    public static OAuthFailure TwoClientIds { get; } = new("two_client_ids",
        OAuthError.InvalidRequest("The client_id of the body is not the one of the Authorization header."),
        "The body named another client_id than the Authorization header.");

    public static OAuthFailure UnknownApplication { get; } = new("unknown_application", OAuthError.InvalidClient, "No application has this client_id.");

    public static OAuthFailure WrongSecret { get; } = new("wrong_secret", OAuthError.InvalidClient,
        "The client_secret is none of this application's secrets.");

    public static OAuthFailure ApplicationRetired { get; } = new("application_retired", OAuthError.InvalidClient,
        "The application is retired, or no person has approved it yet.");

    public static OAuthFailure MissingToken { get; } = new("missing_token",
        OAuthError.InvalidRequest("The parameter token is missing."), "The request had no token.");

    public static OAuthFailure ForeignToken { get; } = new("foreign_token",
        OAuthError.InvalidRequest("The token was not issued to this application."), "The application tried to revoke a token of another one.");

    public static OAuthFailure MissingGrantType { get; } = new("missing_grant_type",
        OAuthError.InvalidRequest("The parameter grant_type is missing."), "The request had no grant_type.");

    public static OAuthFailure WrongRegisteredRedirectUri { get; } = new("unregistered_redirect_uri",
        OAuthError.InvalidRequest("The redirect_uri is not one of the application's, or was left out and the application has several."),
        "The request named a redirect_uri that is not registered.");

    public static OAuthFailure RequestUriInPush { get; } = new("request_uri_in_push",
        OAuthError.InvalidRequest("A pushed request cannot be a request_uri itself (RFC 9126)."), "The pushed request had a request_uri.");

    public static OAuthFailure MissingDpopProof { get; } = new("missing_dpop_proof",
        OAuthError.InvalidDpopProof("The application is registered for DPoP: send a DPoP proof."), "The request carried no DPoP proof.");

    public static OAuthFailure NothingProved { get; } = new("nothing_proved",
        OAuthError.InvalidDpopProof("The application is held to FAPI 2.0: send a DPoP proof, or show a client certificate."),
        "The application is held to FAPI 2.0, and the request carried neither a DPoP proof nor a client certificate.");

    public static OAuthFailure UseDpopNonce { get; } = new("use_dpop_nonce", OAuthError.UseDpopNonce,
        "The DPoP proof carried no nonce, or an old one. The client repeats the request with the nonce of the answer.");

    public static OAuthFailure NoFapiAlgorithm { get; } = new("no_fapi_algorithm",
        OAuthError.InvalidDpopProof($"Sign the DPoP proof by one of {string.Join(", ", SigningAlgorithms.Fapi)}."), "The application is held to FAPI 2.0, which does not take this algorithm.");

    public static OAuthFailure DpopProofReplayed { get; } = new("dpop_proof_replayed",
        OAuthError.InvalidDpopProof("The jti of the DPoP proof was used before."), "The DPoP proof was sent before. Make a new one for every request.");

    public static OAuthFailure WrongDpopKey { get; } = new("wrong_dpop_key", OAuthError.InvalidGrant,
        "The code or refresh token is bound to a DPoP key, and the request did not prove that key.");

    public static OAuthFailure NoCertificate { get; } = new("no_certificate", OAuthError.InvalidClient,
        "The application authenticates by a client certificate, and the connection showed none. Call the addresses of mtls_endpoint_aliases.");

    public static OAuthFailure NoCertificatesHere { get; } = new("no_certificates_here", OAuthError.InvalidClient,
        "The application authenticates by a client certificate, and this server is not set up to see or to trust one.");

    public static OAuthFailure WrongCertificate(string cause) => new("wrong_certificate", OAuthError.InvalidClient,
        "The client certificate is not the application's. " + cause);

    public static OAuthFailure MissingCertificate { get; } = new("missing_certificate",
        OAuthError.InvalidRequest("The application's tokens are certificate-bound: show a client certificate, at an address of mtls_endpoint_aliases."),
        "The tokens of the application are bound to its client certificate, and the connection showed none.");

    public static OAuthFailure ProofBesideCertificate { get; } = new("proof_beside_certificate",
        OAuthError.InvalidRequest("The application is registered for certificate-bound tokens: send no DPoP proof."),
        "The request carried a DPoP proof, and the tokens of the application are bound to its client certificate.");

    public static OAuthFailure WrongBoundCertificate { get; } = new("wrong_bound_certificate", OAuthError.InvalidGrant,
        "What was presented is bound to a client certificate, and the connection showed another one or none.");

    public static OAuthFailure DpopKeysDiffer { get; } = new("dpop_keys_differ",
        OAuthError.InvalidRequest("The dpop_jkt is not the thumbprint of the DPoP proof's key."), "The pushed request named one DPoP key and proved another.");

    public static OAuthFailure UnknownCode { get; } = new("unknown_code", OAuthError.InvalidGrant, "The code is unknown or older than 60 seconds.");

    public static OAuthFailure CodeOfAnother { get; } = new("code_of_another", OAuthError.InvalidGrant, "The code was issued to another application.");

    public static OAuthFailure CodeReused { get; } = new("code_reused", OAuthError.InvalidGrant,
        "The code had been used before. What it gave has been ended, because two may hold it.");

    public static OAuthFailure WrongRedirectUri { get; } = new("wrong_redirect_uri", OAuthError.InvalidGrant,
        "The redirect_uri is not the one that the code was sent to.");

    public static OAuthFailure WrongCodeVerifier { get; } = new("wrong_code_verifier", OAuthError.InvalidGrant,
        "The code_verifier is not what the code_challenge was made of by S256.");

    public static OAuthFailure UnknownRefreshToken { get; } = new("unknown_refresh_token", OAuthError.InvalidGrant,
        "The refresh token is unknown, has expired, or its grant has ended.");

    public static OAuthFailure RefreshTokenOfAnother { get; } = new("refresh_token_of_another", OAuthError.InvalidGrant,
        "The refresh token was issued to another application.");

    public static OAuthFailure RefreshTokenReused { get; } = new("refresh_token_reused", OAuthError.InvalidGrant,
        "The refresh token had been replaced before. Its grant has been ended, because two may hold it. The user must sign in again.");

    public static OAuthFailure StoreAway { get; } = new("store_away", OAuthError.TemporarilyUnavailable, "The store could not be asked.");

    public static OAuthFailure MalformedScope { get; } = new("malformed_scope", OAuthError.InvalidScope,
        "The scope parameter is not a list of scope tokens separated by single blanks.");

    public static OAuthFailure NoApprovedContract { get; } = new("no_approved_contract", OAuthError.InvalidScope,
        "The application has no approved contract, so there is no API it could obtain a token for. Request a contract.");

    public static OAuthFailure UnsupportedTokenType { get; } = Request("unsupported_token_type",
        OAuthError.InvalidRequest($"Only access tokens are exchanged: every token type must be {TokenTypes.AccessToken}."));

    public static OAuthFailure LonelyActorToken { get; } = Request("lonely_actor_token",
        OAuthError.InvalidRequest("Send actor_token and actor_token_type together, or neither."));

    // RFC 8693 §2.2.2 wants invalid_request for a token that is not acceptable.
    public static OAuthFailure WrongSubjectToken { get; } = Request("wrong_subject_token",
        OAuthError.InvalidRequest("The subject_token is not a living access token of this server."));

    public static OAuthFailure WrongActorToken { get; } = Request("wrong_actor_token",
        OAuthError.InvalidRequest("The actor_token is not a living access token of this application."));

    public static OAuthFailure TooManyExchanges { get; } = Request("too_many_exchanges", OAuthError.InvalidRequest("The subject_token was exchanged too often already."));

    public static OAuthFailure ExchangeUnbound { get; } = new("exchange_unbound",
        OAuthError.InvalidDpopProof("The subject_token is bound to a key, or its application is held to that: send a DPoP proof of your own key."),
        "The subject_token is bound or of an application whose tokens must be, and the request proved no key that the new token could be bound to.");

    public static OAuthFailure SubjectWithoutContract { get; } = new("subject_without_contract",
        OAuthError.InvalidTarget("The application of the subject_token has no approved contract for an API of it any more."),
        "An application that the subject_token was issued to has lost its approved contract for every API of the token.");

    public static OAuthFailure SubjectNotAllowed { get; } = new("subject_not_allowed", OAuthError.InvalidRequest("The subject_token may not be exchanged."),
        "The subject_token belongs to an application that is not among token_exchange_subjects, and is for no API that this application stands for.");

    public static OAuthFailure MalformedGrantAssertion { get; } = new("malformed_grant_assertion", OAuthError.InvalidGrant,
        "The assertion is not a well-formed JWT with iss and sub.");

    public static OAuthFailure NoFederatedIdentity { get; } = new("no_federated_identity", OAuthError.InvalidGrant,
        "None of the application's federated identities has the iss, sub and claims of the assertion.");

    public static OAuthFailure IssuersKeysAway { get; } = new("issuers_keys_away", OAuthError.InvalidGrant,
        "The keys of the assertion's issuer could not be fetched from its jwks_uri, or there is none that is taken.");

    public static OAuthFailure UnknownDeviceCode { get; } = new("unknown_device_code", OAuthError.InvalidGrant,
        "The device_code is unknown, or was issued to another application.");

    public static OAuthFailure DeviceCodeReused { get; } = new("device_code_reused", OAuthError.InvalidGrant, "The device_code had been used before, or the user has taken back the access meanwhile.");

    public static OAuthFailure DevicePending { get; } = Request("device_pending",
        OAuthError.Device("authorization_pending", "The user has not decided yet. Ask again after the interval."));

    public static OAuthFailure DeviceTooFast { get; } = Request("device_too_fast",
        OAuthError.Device("slow_down", "The interval between two questions is longer by 5 seconds from now on."));

    public static OAuthFailure DeviceDenied { get; } = Request("device_denied", OAuthError.Device("access_denied", "The user did not allow it."));

    public static OAuthFailure DeviceExpired { get; } = Request("device_expired",
        OAuthError.Device("expired_token", "The device_code has expired. Begin anew."));

    public static OAuthFailure UnknownResource { get; } = new("unknown_resource",
        OAuthError.InvalidTarget("A resource is none of the APIs that the application may obtain a token for."),
        "A resource parameter is not the resource identifier of an API with an approved contract, or was not asked for when the user consented.");

    public static OAuthFailure NoScopeOfResource { get; } = new("no_scope_of_resource",
        OAuthError.InvalidTarget("None of the scopes belongs to the resource."), "The resource parameter names an API that owns none of the scopes.");

    public static OAuthFailure SeveralResources { get; } = new("several_resources",
        OAuthError.InvalidTarget("Name one resource per token; ask again for a token for the next one."),
        "The token request named several resources: a token for several APIs lets each of them call the others.");

    /// <summary>RFC 9396 §5. What the wire hears names the object by its place and quotes nothing of it.</summary>
    /// <param name="code">What is wrong.</param>
    /// <param name="description">In words, in ASCII.</param>
    /// <param name="cause">More of it for the application's owner; null: the same.</param>
    public static OAuthFailure WrongAuthorizationDetails(string code, string description, string? cause = null) =>
        new(code, OAuthError.InvalidAuthorizationDetails("authorization_details: " + description), cause ?? description);

    public static OAuthFailure SecretRetired(DateTimeOffset at) => new("secret_retired", OAuthError.InvalidClient,
        $"The secret was right once, but was retired on {Day(at)}.");

    public static OAuthFailure SecretExpired(DateTimeOffset at) => new("secret_expired", OAuthError.InvalidClient,
        $"The secret was right once, but expired on {Day(at)}.");

    public static OAuthFailure MethodNotAllowed(string method) => new("auth_method_not_allowed", OAuthError.InvalidClient,
        $"The credentials are right, but the application may not authenticate by {method}.");

    public static OAuthFailure WrongAssertion(ClientAssertionFailure failure, string issuer) => new("wrong_assertion", OAuthError.InvalidClient,
        failure switch
        {
            ClientAssertionFailure.WrongType => "The typ of the client_assertion must be JWT or client-authentication+jwt.",
            ClientAssertionFailure.WrongIssuer => "The iss of the client_assertion must be the client_id, as its sub is.",
            ClientAssertionFailure.WrongAudience => $"The aud of the client_assertion must be {issuer}, as one string.",
            ClientAssertionFailure.NoExpiry => "The client_assertion needs an exp, in seconds as a number.",
            ClientAssertionFailure.Expired => "The client_assertion has expired.",
            ClientAssertionFailure.ExpiresTooLate => $"The client_assertion may live up to {ClientAssertion.MaxLifetimeSeconds} seconds.",
            ClientAssertionFailure.NotYetValid => "The iat or nbf of the client_assertion lies in the future. Check the clock of the application.",
            ClientAssertionFailure.NoTokenId => "The client_assertion needs a jti of up to 256 characters.",
            _ => "None of the application's registered keys made the signature of the client_assertion, or by an algorithm that is not taken.",
        });

    public static OAuthFailure WrongGrantAssertion(GrantAssertionFailure failure) => new("wrong_grant_assertion", OAuthError.InvalidGrant, failure switch
    {
        GrantAssertionFailure.WrongType => "The typ of the assertion, when it has one, must be JWT.",
        GrantAssertionFailure.WrongSignature => "None of the issuer's keys made the signature of the assertion.",
        GrantAssertionFailure.WrongAudience => "The aud of the assertion does not name this server.",
        GrantAssertionFailure.NoExpiry => "The assertion needs an exp, in seconds as a number.",
        GrantAssertionFailure.Expired => "The assertion has expired.",
        GrantAssertionFailure.ExpiresTooLate => $"The assertion may live up to {GrantAssertion.MaxLifetimeSeconds} seconds.",
        _ => "The iat or nbf of the assertion lies in the future.",
    });

    public static OAuthFailure GrantNotAllowed(string grantType) => new("grant_not_allowed", OAuthError.UnauthorizedClient,
        $"The application is not allowed to use the grant type {grantType}.");

    /// <summary>What RFC 9700 leaves out is named with what to use instead.</summary>
    public static OAuthFailure UnsupportedGrantType(string grantType) => new("unsupported_grant_type",
        grantType == "password"
            ? OAuthError.UnsupportedGrantType with { Description = "The password grant hands passwords to applications (RFC 9700). Use authorization_code with PKCE." }
            : OAuthError.UnsupportedGrantType,
        "The request asked for a grant_type that this server does not offer.");

    /// <summary>An authorization request that was pushed and is refused as it would be in the browser (RFC 9126 §2.3).</summary>
    public static OAuthFailure Authorization(AuthorizationError error) => new("pushed_" + error.Code,
        new OAuthError(error.Code, error == AuthorizationError.TemporarilyUnavailable ? 503 : 400, error.Description), error.Description);

    public static OAuthFailure WrongDpopProof(DpopFailure failure)
    {
        var text = failure switch
        {
            DpopFailure.WrongKey => "The jwk of the DPoP proof is not a public key that is taken here.",
            DpopFailure.WrongSignature => "The signature of the DPoP proof does not verify.",
            DpopFailure.WrongRequest => "The htm and htu of the DPoP proof are not those of this request.",
            DpopFailure.NotFresh => "The iat of the DPoP proof is too old or lies in the future.",
            DpopFailure.NoTokenId => "The DPoP proof needs a jti of up to 256 characters.",
            _ => "The DPoP proof is not one well-formed JWT with the typ dpop+jwt.",
        };
        return new("wrong_dpop_proof", OAuthError.InvalidDpopProof(text), text);
    }

    public static OAuthFailure MissingParameter(string name) => new("missing_parameter",
        OAuthError.InvalidRequest($"The parameter {name} is missing."), $"The request had no {name}.");

    public static OAuthFailure ScopeNotGranted(ScopeSet missing) => new("scope_not_granted", OAuthError.InvalidScope,
        $"The user has not granted: {missing}.");

    public static OAuthFailure ScopeNotContracted(ScopeSet missing) => new("scope_not_contracted", OAuthError.InvalidScope,
        $"No approved contract of the application gives: {missing}.");

    /// <summary>A body that is not an acceptable form.</summary>
    /// <param name="error">Why.</param>
    /// <param name="parameter">The parameter at fault, when its name is printable.</param>
    public static OAuthFailure Form(FormError error, string? parameter) => error switch
    {
        FormError.DuplicateParameter => Request("duplicate_parameter",
            OAuthError.InvalidRequest(parameter is null ? "A parameter was sent twice." : $"The parameter {parameter} was sent twice.")),
        FormError.ControlCharacter => Request("control_character", OAuthError.InvalidRequest("A parameter contains a control character.")),
        FormError.TooManyParameters => Request("too_many_parameters", OAuthError.InvalidRequest("There are too many parameters.")),
        _ => Request("invalid_encoding", OAuthError.InvalidRequest("The body is not form-urlencoded UTF-8.")),
    };

    private static OAuthFailure Request(string code, OAuthError wire) => new(code, wire, wire.Description);

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
