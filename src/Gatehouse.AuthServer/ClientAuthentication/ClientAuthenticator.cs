using System.Security.Cryptography;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Recording;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Secrets;

namespace Gatehouse.AuthServer.ClientAuthentication;

/// <summary>An application that has proved who it is; only <see cref="ClientAuthenticator"/> makes one.</summary>
public sealed class AuthenticatedApplication
{
    internal AuthenticatedApplication(RegisteredApplication registered) => Registered = registered;

    public RegisteredApplication Registered { get; }
}

/// <summary>Authenticates the application by its secret, in the form body or by HTTP Basic (RFC 6749 §2.3.1).</summary>
public sealed class ClientAuthenticator(ApplicationRegistry applications, ClientSecretVault vault, SecretUsage usage, TimeProvider clock)
{
    /// <summary>The methods that work, as the metadata advertises them (RFC 8414 §2).</summary>
    public static IReadOnlyList<string> SupportedMethods { get; } =
        [TokenEndpointAuthMethods.ClientSecretBasic, TokenEndpointAuthMethods.ClientSecretPost];

    /// <summary>The same work is done for an unknown application as for a known one with one secret.</summary>
    private static readonly byte[] NobodysVerifier = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    public async ValueTask<ClientAuthenticationResult> AuthenticateAsync(string? authorization, FormBody form)
    {
        if (ClientCredentials.Read(authorization, form, out var credentials) is { } failure)
            return new(null, failure, credentials.ClientId, credentials.ClientId.Length == 0 ? null : (await applications.FindAsync(credentials.ClientId)).Value);
        var found = await applications.FindAsync(credentials.ClientId);
        if (!found.IsKnown) return new(null, OAuthFailure.StoreAway, credentials.ClientId, null);
        var refused = Verify(found.Value, credentials);
        return refused is null
            ? new(new AuthenticatedApplication(found.Value!), null, credentials.ClientId, found.Value)
            : new(null, refused, credentials.ClientId, found.Value);
    }

    private OAuthFailure? Verify(RegisteredApplication? application, ClientCredentials credentials)
    {
        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        vault.ComputeVerifier(credentials.Secret.Reveal(), presented);
        var match = FindSecret(application, presented);
        if (application is null) return OAuthFailure.UnknownApplication;
        if (match is null) return OAuthFailure.WrongSecret;
        if (!application.IsActive) return OAuthFailure.ApplicationRetired;
        if (match.RetiredAt is { } retired) return OAuthFailure.SecretRetired(retired);
        if (match.ExpiresAt is { } expired && expired <= clock.GetUtcNow()) return OAuthFailure.SecretExpired(expired);
        if (!application.TokenEndpointAuthMethod.Split(' ').Contains(credentials.Method, StringComparer.Ordinal))
            return OAuthFailure.MethodNotAllowed(credentials.Method);
        usage.Record(match.Id);
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
        foreach (var secret in application.Secrets)
            if (CryptographicOperations.FixedTimeEquals(presented, secret.Verifier.Span)) match = secret;
        return match;
    }
}

/// <summary>The authenticated application, or the failure with what is known about the application it concerns.</summary>
/// <param name="Concerned">The application whose owner may be told; it has proved nothing.</param>
public readonly record struct ClientAuthenticationResult(
    AuthenticatedApplication? Application, OAuthFailure? Failure, string ClientId, RegisteredApplication? Concerned);
