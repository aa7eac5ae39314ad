using System.Net.Http.Headers;
using System.Text;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Demo;

/// <summary>No secret leaves by the log, and a stolen database tells none.</summary>
public sealed class SecrecyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact, Requirement("6749-70")]
    public async Task No_error_puts_a_secret_into_the_log_or_the_database()
    {
        await using var demo = await RunningDemo.StartAsync(_folder.File("data"));
        var banner = demo.Program.Output;
        var token = await demo.TokenAsync();
        var key = (await File.ReadAllTextAsync(_folder.File("data", "key-encryption.key"), TestContext.Current.CancellationToken)).Trim();
        string[] secrets = [.. demo.Facts.Secrets, token, token.Split('.')[2], key, Basic(demo.Facts.ClientId, demo.Facts.ClientSecret)];

        await ProvokeTokenErrorsAsync(demo);
        await ProvokeGatewayErrorsAsync(demo, token);
        var stolen = await ReadDatabaseAsync(demo.Folder); // While it runs, with everything that is not in the main file yet.
        Assert.Equal(0, await demo.StopAsync());
        stolen += await ReadDatabaseAsync(demo.Folder);

        Assert.Equal(banner, demo.Program.Output); // Standard output is for people: the banner, once.
        Assert.Contains("refused", demo.Program.Error, StringComparison.OrdinalIgnoreCase); // The errors were told, without the secrets.
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, demo.Program.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, stolen, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_demo_json_and_the_key_file_hold_what_opens_doors()
    {
        await using var demo = await RunningDemo.StartAsync(_folder.File("data"));
        Assert.NotEmpty(await demo.TokenAsync());
        var others = Directory.GetFiles(demo.Folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not ("demo.json" or "node.lock"));

        foreach (var file in others)
            foreach (var secret in demo.Facts.Secrets) Assert.DoesNotContain(secret, Read(file), StringComparison.Ordinal);
    }

    private static async Task ProvokeTokenErrorsAsync(RunningDemo demo)
    {
        var (id, secret) = (demo.Facts.ClientId, demo.Facts.ClientSecret);
        var good = $"grant_type=client_credentials&client_id={id}&client_secret={secret}";
        foreach (var body in (string[])
        [
            good + "x", $"{good}&client_secret={secret}", $"{good}&scope=no-such", $"grant_type=password&username=a&password={demo.Facts.Developer.Password}",
            $"client_id={id}&client_secret={secret}", $"grant_type=client_credentials&client_id=nobody&client_secret={secret}", $"{good}%00", $"{good}%ff",
            $"{good}&client_assertion={secret}", $"grant_type=refresh_token&refresh_token={secret}&client_id={id}&client_secret={secret}",
        ]) await PostAsync(demo, demo.Facts.TokenEndpoint, body);
        await PostAsync(demo, demo.Facts.TokenEndpoint, $$"""{"client_secret":"{{secret}}"}""", "application/json");
        await PostAsync(demo, $"{demo.Facts.TokenEndpoint}?{good}", string.Empty);
        await PostAsync(demo, demo.Facts.TokenEndpoint, good, authorization: new AuthenticationHeaderValue("Basic", Basic(id, secret)));
        await PostAsync(demo, demo.Facts.TokenEndpoint, "grant_type=client_credentials", authorization: new AuthenticationHeaderValue("Basic", Basic(secret, id)));
        using var http = demo.Http();
        (await http.GetAsync(new Uri($"{demo.Facts.TokenEndpoint}?{good}"))).Dispose();
    }

    private static async Task ProvokeGatewayErrorsAsync(RunningDemo demo, string token)
    {
        var call = demo.Facts.ApiUrl + "/labels/domestic";
        foreach (var presented in (string[])[token + "x", token[..^8], token.Replace('.', ' '), demo.Facts.ClientSecret, "\"" + token])
            await PostAsync(demo, call, RunningDemo.Parcel, "application/json", AuthenticationHeaderValue.TryParse("Bearer " + presented, out var value) ? value : null);
        await PostAsync(demo, $"{call}?access_token={token}", RunningDemo.Parcel, "application/json");
        await PostAsync(demo, call, "access_token=" + token);
        await PostAsync(demo, $"{demo.Facts.ApiUrl}/no-such/{token}", string.Empty, authorization: new AuthenticationHeaderValue("Bearer", token));
        await PostAsync(demo, $"{demo.Facts.AdminUrl}/applications", "{", "application/json", new AuthenticationHeaderValue("Bearer", token));
        await PostAsync(demo, call, """{"from":""", "application/json", new AuthenticationHeaderValue("Bearer", token));
    }

    private static async Task PostAsync(
        RunningDemo demo, string url, string body, string type = "application/x-www-form-urlencoded", AuthenticationHeaderValue? authorization = null)
    {
        using var http = demo.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url)) { Content = new StringContent(body, Encoding.Latin1, type) };
        request.Headers.Authorization = authorization;
        using var answer = await http.SendAsync(request);
        Assert.InRange((int)answer.StatusCode, 400, 499);
    }

    private static string Basic(string user, string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    private static Task<string> ReadDatabaseAsync(string folder) =>
        Task.FromResult(string.Concat(Directory.GetFiles(folder, "gatehouse.db*").Select(Read)));

    // Byte for byte: a secret that stands anywhere in the file stands in this text.
    private static string Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
