using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Client;
using Gatehouse.Composition;
using Gatehouse.Demo;

namespace Gatehouse.CommandLine;

/// <summary>Where the Admin API is and which application calls it. A secret comes from a file or the environment, never from the command line.</summary>
internal sealed record AppsConnection(Uri AdminUrl, AccessTokenOptions Token)
{
    private const string AdminUrlVariable = "GATEHOUSE_ADMIN_URL";
    private const string TokenEndpointVariable = "GATEHOUSE_TOKEN_ENDPOINT";
    private const string ClientIdVariable = "GATEHOUSE_CLIENT_ID";
    private const string ClientSecretVariable = "GATEHOUSE_CLIENT_SECRET";
    private const string CaFileVariable = "GATEHOUSE_CA_FILE";

    /// <param name="dataFolder">The demo's data folder when it was named; then the environment is not looked at.</param>
    /// <param name="environment">Reads a variable.</param>
    /// <exception cref="StartRefusedException">Something is missing or unusable.</exception>
    public static AppsConnection Find(string? dataFolder, Func<string, string?> environment)
    {
        if (dataFolder is not null) return FromDemo(dataFolder);
        string[] required = [AdminUrlVariable, TokenEndpointVariable, ClientIdVariable, ClientSecretVariable];
        var missing = required.Where(name => string.IsNullOrEmpty(environment(name))).ToList();
        if (missing.Count == required.Length) return FromDemo(AppsCommand.DefaultDataFolder);
        if (missing.Count > 0) throw new StartRefusedException($"Set {string.Join(", ", missing)} too, or name the demo's folder with --data.");
        return Create(environment(AdminUrlVariable)!, environment(TokenEndpointVariable)!, environment(ClientIdVariable)!,
            environment(ClientSecretVariable)!, environment(CaFileVariable));
    }

    private static AppsConnection FromDemo(string folder)
    {
        var file = Path.Combine(folder, "demo.json");
        try
        {
            var demo = JsonSerializer.Deserialize(File.ReadAllText(file), DemoJson.Default.DemoFile);
            return demo is null
                ? throw new StartRefusedException($"{file} is empty. Start the demo again: it writes the file anew.")
                : Create(demo.AdminUrl, demo.TokenEndpoint, demo.AdminClient.ClientId, demo.AdminClient.ClientSecret, demo.CaFile);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StartRefusedException(
                $"There is no {file}. Start the demo, name its folder with --data, "
                + $"or set {AdminUrlVariable}, {TokenEndpointVariable}, {ClientIdVariable} and {ClientSecretVariable}.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StartRefusedException($"{file} cannot be read: it belongs to the user who started the demo.", exception);
        }
        catch (JsonException exception)
        {
            throw new StartRefusedException($"{file} is damaged. Start the demo again: it writes the file anew.", exception);
        }
    }

    private static AppsConnection Create(string adminUrl, string tokenEndpoint, string clientId, string clientSecret, string? caFile)
    {
        var admin = ToUri(adminUrl, "the Admin API");
        return new AppsConnection(admin, new AccessTokenOptions
        {
            TokenEndpoint = ToUri(tokenEndpoint, "the token endpoint"), ClientId = clientId, ClientSecret = new ClientSecret(clientSecret),
            ApiOrigins = [new Uri(admin.GetLeftPart(UriPartial.Authority))], Scope = Admin.AdminOptions.Scope,
            TrustedCertificateAuthority = string.IsNullOrEmpty(caFile) ? null : ReadCa(caFile),
        });
    }

    private static Uri ToUri(string text, string what) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
            ? uri
            : throw new StartRefusedException($"The address of {what} must be an absolute https URL.");

    private static TrustedCertificateAuthority ReadCa(string file)
    {
        try
        {
            return TrustedCertificateAuthority.FromPemFile(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartRefusedException($"The CA file {file} cannot be read as PEM. Correct {CaFileVariable}, or start the demo again.", exception);
        }
    }
}
