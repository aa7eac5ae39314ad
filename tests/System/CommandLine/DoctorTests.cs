using Gatehouse.Tests.System.Demo;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.CommandLine;

/// <summary><c>gatehouse doctor</c> says what is wrong, and changes nothing.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_that_a_demo_made_is_well()
    {
        await using (var demo = await RunningDemo.StartAsync(_folder.File("data"))) Assert.Equal(0, await demo.StopAsync());
        var before = Contents();

        var finished = await Shell.GatehouseAsync(["doctor", "--data", _folder.File("data")]);

        Assert.True(finished.ExitCode == 0, finished.Output + finished.Error);
        foreach (var what in (string[])["Folder", "Key-encryption key", "Database", "Certificate"])
            Assert.Contains($"ok    {what}: ", finished.Output, StringComparison.Ordinal);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public async Task Another_key_than_the_databases_is_told()
    {
        await using (var demo = await RunningDemo.StartAsync(_folder.File("data"))) Assert.Equal(0, await demo.StopAsync());
        await File.WriteAllTextAsync(_folder.File("data", "key-encryption.key"), Convert.ToBase64String(new byte[32]), TestContext.Current.CancellationToken);

        var finished = await Shell.GatehouseAsync(["doctor", "--data", _folder.File("data")]);

        Assert.Equal(1, finished.ExitCode);
        Assert.Matches(@"(?m)^fail  Database: .*key", finished.Output);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_told_with_the_command_that_makes_it()
    {
        var finished = await Shell.GatehouseAsync(["doctor", "--data", _folder.File("nowhere")]);

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains($"gatehouse demo --data {_folder.File("nowhere")}", finished.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("nowhere")));
    }

    [Fact]
    public async Task An_empty_configuration_is_told_whole()
    {
        await File.WriteAllTextAsync(_folder.File("gatehouse.json"), "{}", TestContext.Current.CancellationToken);

        var finished = await Shell.GatehouseAsync(["doctor", "--config", _folder.File("gatehouse.json")]);

        Assert.Equal(1, finished.ExitCode);
        foreach (var setting in (string[])["Issuer", "ApiUrl", "Listen:Auth", "Store:Provider", "KeyEncryptionKeyFile", "Tls:CertificateFile"])
            Assert.Contains($"  {setting}: ", finished.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Gateway:UpstreamTimeoutSeconds", "0")]
    [InlineData("Gateway:MaxRequestBodyBytes", "-1")]
    [InlineData("Gateway:RememberedTokens", "1")]
    [InlineData("Store:RememberedApplications", "1")]
    [InlineData("RefreshTokens:IdleDays", "a month")]
    [InlineData("RefreshTokens:AbsoluteDays", "4000")]
    [InlineData("Signing:RotateAfterDays", "0")]
    [InlineData("Registration:Mode", "everybody")]
    [InlineData("Registration:PerHour", "0")]
    [InlineData("Outgoing:AllowPrivateAddresses", "perhaps")]
    [InlineData("Overload:MaxWaitMilliseconds", "60001")]
    [InlineData("Overload:MaxConnections", "0")]
    [InlineData("TrustedProxies", "10.0.0.0/99")]
    [InlineData("Tls:CertificateProxies", "10.0.0.0/99")]
    [InlineData("Tls:ClientCaFile", "/nowhere/ca")]
    [InlineData("MtlsUrl", "http://mtls.example")]
    [InlineData("Gateway:AskForClientCertificate", "perhaps")]
    [InlineData("Roles", "queen")]
    public async Task A_setting_that_is_wrong_is_told_with_what_it_may_be(string setting, string value)
    {
        var finished = await Shell.GatehouseAsync(["doctor", "--serve"], environment: new Dictionary<string, string> { ["GATEHOUSE_" + setting.Replace(":", "__", StringComparison.Ordinal)] = value });

        Assert.Equal(1, finished.ExitCode);
        Assert.Matches($"(?m)^  {setting}: .*{value}", finished.Output);
    }

    // A reader of SQLite leaves its own bookkeeping behind: an index, and a log with nothing in it.
    private Dictionary<string, string> Contents() => Directory.GetFiles(_folder.File("data"), "*", SearchOption.AllDirectories)
        .Where(file => !file.EndsWith("-shm", StringComparison.Ordinal) && !(file.EndsWith("-wal", StringComparison.Ordinal) && new FileInfo(file).Length == 0))
        .ToDictionary(file => file, file => Convert.ToHexString(File.ReadAllBytes(file)));
}
