using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Playwright;

namespace Gatehouse.Tests.System.Browser;

/// <summary>The browser that this machine has.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    /// <summary>Why there is none, for a skipped test to say; null when there is one.</summary>
    public static string? MissingReason => Find() is null ? $"No browser is installed: none of {string.Join(", ", Names)} is in PATH." : null;

    /// <summary>Starts it without a window. It trusts the certificate in the file by the hash of its key, and checks every other one as ever.</summary>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, string certificateFile) => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        ExecutablePath = Find(),
        Args =
        [
            // Within a container there is no second sandbox to make; what it opens is ours.
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--ignore-certificate-errors-spki-list=" + KeyHash(certificateFile),
        ],
    });

    private static string KeyHash(string certificateFile)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(certificateFile);
        return Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
