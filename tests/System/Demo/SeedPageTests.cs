using System.Text.Json;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Demo;

/// <summary>The page that every API consumer is given: its two commands, with nothing replaced but the placeholders and the host names.</summary>
[Collection(DemoJourneys.Name)]
public sealed class SeedPageTests(SharedDemo shared)
{
    private const string FirstCommand = """
        $ curl -d "grant_type=client_credentials\
        &client_id={YOUR APPLICATION'S CLIENT_ID} \
        &client_secret={YOUR APPLICATION'S CLIENT_SECRET}" \
        https://oauth.org.com/as/token.oauth2
        """;

    private const string SecondCommand = """
            curl -H 'Authorization: Bearer YOUR_ACCESS_TOKEN' \
        'https://api.domain.com/{API CALL}'
        """;

    [Fact]
    public async Task The_first_command_receives_a_token_for_86399_seconds()
    {
        var answer = await GetTokenAsync();

        Assert.Equal("Bearer", answer.GetProperty("token_type").GetString());
        Assert.Equal(86399, answer.GetProperty("expires_in").GetInt32());
        Assert.Equal(3, answer.GetProperty("access_token").GetString()!.Split('.').Length);
    }

    [Fact]
    public async Task The_second_command_reads_a_label_that_was_bought_with_it()
    {
        var token = (await GetTokenAsync()).GetProperty("access_token").GetString()!;

        var bought = await RunAsync($"{Second(token, "labels/domestic")} -H 'Content-Type: application/json' -d '{RunningDemo.Parcel}'");
        var read = await RunAsync(Second(token, "labels/domestic/" + bought.GetProperty("id").GetString()));

        Assert.NotEmpty(read.GetProperty("tracking_number").GetString()!);
        Assert.Equal(bought.GetProperty("tracking_number").GetString(), read.GetProperty("tracking_number").GetString());
    }

    private Task<JsonElement> GetTokenAsync() => RunAsync(FirstCommand[2..] // What stands behind the prompt.
        .Replace("{YOUR APPLICATION'S CLIENT_ID}", shared.Facts.ClientId, StringComparison.Ordinal)
        .Replace("{YOUR APPLICATION'S CLIENT_SECRET}", shared.Facts.ClientSecret, StringComparison.Ordinal)
        .Replace("https://oauth.org.com", shared.Facts.Issuer, StringComparison.Ordinal));

    private string Second(string token, string call) => SecondCommand
        .Replace("YOUR_ACCESS_TOKEN", token, StringComparison.Ordinal)
        .Replace("{API CALL}", call, StringComparison.Ordinal)
        .Replace("https://api.domain.com", shared.Facts.ApiUrl, StringComparison.Ordinal);

    private async Task<JsonElement> RunAsync(string command)
    {
        var finished = await Shell.RunAsync(command, environment: shared.TrustingCurl);
        Assert.True(finished.ExitCode == 0, finished.Error);
        return JsonElement.Parse(finished.Output);
    }
}
