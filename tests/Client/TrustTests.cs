using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Client;

namespace Gatehouse.Tests.Client;

public sealed class TrustTests
{
    [Fact]
    public async Task A_server_of_the_private_authority_is_trusted_and_the_authority_can_come_from_a_file()
    {
        await using var server = await TestServer.StartAsync();
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, TestCertificates.StrangeAuthority.ExportCertificatePem() + "\n" + TestCertificates.Authority.ExportCertificatePem());
            using var handler = TrustedCertificateAuthority.FromPemFile(path).CreateHandler();
            using var client = new HttpClient(handler);

            Assert.Equal("", await client.GetStringAsync(server.Address));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Another_authority_is_not_trusted_and_no_credential_is_sent() =>
        await AssertUntrustedAsync(TestCertificates.Server, TestCertificates.StrangeAuthority);

    [Fact]
    public async Task The_host_name_is_checked_under_the_private_authority_too() =>
        await AssertUntrustedAsync(TestCertificates.AnotherHost, TestCertificates.Authority);

    [Fact]
    public void A_file_without_a_certificate_is_an_error()
    {
        var path = Path.GetTempFileName();
        try
        {
            Assert.Throws<CryptographicException>(() => TrustedCertificateAuthority.FromPemFile(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task AssertUntrustedAsync(X509Certificate2 certificate, X509Certificate2 authority)
    {
        await using var server = await TestServer.StartAsync(certificate);
        using var client = server.CreateClient(server.Options(authority: authority));

        var failure = await Assert.ThrowsAsync<AccessTokenException>(() => client.GetStringAsync("/labels"));

        Assert.Equal(AccessTokenFailure.Unavailable, failure.Failure);
        Assert.Empty(server.TokenCalls);
    }
}
