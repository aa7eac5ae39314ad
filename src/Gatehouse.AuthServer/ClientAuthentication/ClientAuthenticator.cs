using System.Security.Cryptography;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.AuthServer.Remote;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Model;
using Gatehouse.Store.Recording;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Secrets;

namespace Gatehouse.AuthServer.ClientAuthentication;

/// <summary>
/// An application that has proved who it is, or one that is public and proves nothing; only <see cref="ClientAuthenticator"/> makes one.
/// </summary>
public sealed class AuthenticatedApplication
{
    internal AuthenticatedApplication(RegisteredApplication registered, ClientAssertion? assertion) => (Registered, Assertion) = (registered, assertion);

    public RegisteredApplication Registered { get; }

    /// <summary>The verified assertion, whose one use <see cref="ClientAuthenticator.ConsumeAsync"/> takes.</summary>
    internal ClientAssertion? Assertion { get; }
}

/// <summary>
/// Authenticates the application: by its secret, in the form body or by HTTP Basic (RFC 6749 §2.3.1), by a JWT it signed (RFC 7523 §2.2), by
/// the certificate of the connection (RFC 8705 §2), or not at all when it is registered as public.
/// </summary>
public sealed class ClientAuthenticator(
    AuthServerOptions options, ClientDocuments applications, ClientSecretVault vault, SecretUsage usage, HandleRegister handles, ApplicationKeys keys,
    CertificateAuthentication certificates, TimeProvider clock)
{
    /// <summary>The methods by which an application proves who it is.</summary>
    public IReadOnlyList<string> ProvingMethods { get; } =
        [TokenEndpointAuthMethods.ClientSecretBasic, TokenEndpointAuthMethods.ClientSecretPost, TokenEndpointAuthMethods.PrivateKeyJwt, .. options.MutualTls.Methods];

    /// <summary>The methods that work at the token endpoint, as the metadata advertises them (RFC 8414 §2).</summary>
    public IReadOnlyList<string> SupportedMethods => [.. ProvingMethods, TokenEndpointAuthMethods.None];

    /// <summary>The algorithms in which assertions may be signed.</summary>
    public static IReadOnlyList<string> AssertionAlgorithms => ApplicationKeys.Algorithms;

    /// <summary>The same work is done for an unknown application as for a known one with one secret.</summary>
    private static readonly byte[] NobodysVerifier = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    public async ValueTask<ClientAuthenticationResult> AuthenticateAsync(
        string? authorization, FormBody form, ClientCertificate? certificate, CancellationToken cancellation)
    {
        if (ClientCredentials.Read(authorization, form, out var credentials) is { } failure)
            return new(null, failure, credentials.ClientId, credentials.ClientId.Length == 0 ? null : (await applications.FindAsync(credentials.ClientId)).Value);
        var found = await applications.FindAsync(credentials.ClientId);
        if (!found.IsKnown) return new(null, OAuthFailure.StoreAway, credentials.ClientId, null);
        var refused = await VerifyAsync(found.Value, credentials, certificate, cancellation);
        return refused is null
            ? new(new AuthenticatedApplication(found.Value!, credentials.Assertion), null, credentials.ClientId, found.Value)
            : new(null, refused, credentials.ClientId, found.Value);
    }

    /// <summary>
    /// Takes the one use of what the application proved itself with: after all that can say no, so that a request that is refused for another
    /// reason can be mended and sent again.
    /// </summary>
    public async ValueTask<OAuthFailure?> ConsumeAsync(AuthenticatedApplication application)
    {
        if (application.Assertion is not { } assertion) return null;
        try
        {
            var until = DateTimeOffset.FromUnixTimeSeconds(assertion.ExpiresAt + ClientAssertion.MaxSkewSeconds);
            return await handles.TryClaimAsync(HandleKind.ClientAssertion, $"{assertion.ClientId}\n{assertion.TokenId}", until)
                ? null : OAuthFailure.AssertionReplayed;
        }
        catch (Exception exception) when (StoreFault.IsAway(exception))
        {
            return OAuthFailure.StoreAway;
        }
    }

    private async ValueTask<OAuthFailure?> VerifyAsync(
        RegisteredApplication? application, ClientCredentials credentials, ClientCertificate? certificate, CancellationToken cancellation)
    {
        if (credentials.Secret is { } secret) return VerifySecret(application, secret, credentials.Method);
        if (application is null) return OAuthFailure.UnknownApplication;
        if (credentials.Assertion is { } assertion)
        {
            var found = await keys.FindAsync(application, assertion.Kid, cancellation);
            // Nobody guessed: the application's own server does not say what its keys are.
            return found.Count == 0 && application.JwksUri.Length > 0 ? OAuthFailure.ApplicationKeysAway : VerifyAssertion(application, assertion, found);
        }
        if (TokenEndpointAuthMethods.IsCertificate(application.TokenEndpointAuthMethod))
        {
            if (await certificates.VerifyAsync(application, certificate, cancellation) is { } unproved) return unproved;
        }
        else if (!application.IsPublic)
        {
            return OAuthFailure.NoCredentials;
        }
        return application.IsActive ? null : OAuthFailure.ApplicationRetired;
    }

    private OAuthFailure? VerifyAssertion(RegisteredApplication application, ClientAssertion assertion, JwkSet found)
    {
        var failure = assertion.Verify(found, ApplicationKeys.AlgorithmsOf(application), options.Issuer, clock.GetUtcNow().ToUnixTimeSeconds());
        if (failure != ClientAssertionFailure.None) return OAuthFailure.WrongAssertion(failure, options.Issuer);
        if (!application.IsActive) return OAuthFailure.ApplicationRetired;
        return application.TokenEndpointAuthMethod == TokenEndpointAuthMethods.PrivateKeyJwt
            ? null : OAuthFailure.MethodNotAllowed(TokenEndpointAuthMethods.PrivateKeyJwt);
    }

    private OAuthFailure? VerifySecret(RegisteredApplication? application, ClientSecret secret, string method)
    {
        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        vault.ComputeVerifier(secret.Reveal(), presented);
        var match = FindSecret(application, presented);
        if (application is null) return OAuthFailure.UnknownApplication;
        if (match is null) return OAuthFailure.WrongSecret;
        if (!application.IsActive) return OAuthFailure.ApplicationRetired;
        if (match.RetiredAt is { } retired) return OAuthFailure.SecretRetired(retired);
        if (match.ExpiresAt is { } expired && expired <= clock.GetUtcNow()) return OAuthFailure.SecretExpired(expired);
        if (!application.AuthenticatesBy(method)) return OAuthFailure.MethodNotAllowed(method);
        usage.Record(match);
        return null;
    }

    // Every secret is compared, whichever matches: the time tells neither which one it was nor how close another came.
    private static RegisteredSecret? FindSecret(RegisteredApplication? application, ReadOnlySpan<byte> presented)
    {
        if (application is null || application.Secrets.Count == 0)
        {
            CryptographicOperations.FixedTimeEquals(presented, NobodysVerifier);
            return null;
        }
        RegisteredSecret? match = null;
        for (var place = 0; place < application.Secrets.Count; place++) // Counted: to enumerate a list takes an object.
            if (CryptographicOperations.FixedTimeEquals(presented, application.Secrets[place].Verifier.Span)) match = application.Secrets[place];
        return match;
    }
}

/// <summary>The authenticated application, or the failure with what is known about the application it concerns.</summary>
/// <param name="Concerned">The application whose owner may be told; it has proved nothing.</param>
public readonly record struct ClientAuthenticationResult(
    AuthenticatedApplication? Application, OAuthFailure? Failure, string ClientId, RegisteredApplication? Concerned);
