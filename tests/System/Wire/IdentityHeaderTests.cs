using Gatehouse.Tests.System.Demo;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Wire;

/// <summary>Who calls is what the token says, whatever the caller writes beside it.</summary>
[Collection(DemoJourneys.Name)]
public sealed class IdentityHeaderTests(SharedDemo shared)
{
    [Theory, Requirement("Gateway-03")]
    [InlineData("")]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task No_spelling_of_an_identity_header_reaches_the_upstream(string protocol)
    {
        await using var upstream = await Upstream.StartAsync();
        using var admin = await AdminClient.OfAsync(shared.Demo);
        var slug = "mirror" + protocol.Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal);
        await admin.PublishAsync(slug, upstream.Url);
        var application = await admin.RegisterAsync($"Mirror {protocol}", slug);
        var token = await shared.Demo.TokenAsync(application.ClientId, application.ClientSecret);

        var finished = await Shell.RunAsync($"""
            curl -sS {protocol} -H 'Authorization: Bearer {token}' \
              -H 'X-Gatehouse-Client-Id: forged' -H 'x-gatehouse-client-id: forged' -H 'X-GATEHOUSE-SUBJECT: forged' -H 'X-Gatehouse-Scope: forged' \
              -H 'X-Gatehouse-Application;' -H 'X-Gatehouse-Anything: forged' -H 'X_Gatehouse_Client_Id: forged' -H 'X-Gatehouse_Client-Id: forged' \
              -H 'Connection: X-Gatehouse-Client-Id, X-Gatehouse-Scope' -H 'Content-Type: text/plain' -d 'a body' '{shared.Facts.ApiUrl}/{slug}/1?a=b'
            """, environment: shared.TrustingCurl);

        Assert.Equal("here", finished.Output);
        var call = Assert.Single(upstream.Calls);
        Assert.Equal(("POST", $"/{slug}/1?a=b", "a body"), (call.Method, call.Target, call.Body));
        Assert.DoesNotContain(call.Headers, header => header.Value.Contains("forged", StringComparison.Ordinal));
        Assert.DoesNotContain(call.Headers, header => header.Value.Contains(token, StringComparison.Ordinal));
        Assert.Equal(application.ClientId, call.Headers["X-Gatehouse-Client-Id"]);
        Assert.Equal(application.ClientId, call.Headers["X-Gatehouse-Subject"]);
    }

    [Fact]
    public async Task Another_applications_label_stays_out_of_reach()
    {
        using var admin = await AdminClient.OfAsync(shared.Demo);
        var stranger = await admin.RegisterAsync("Stranger", "labels");
        var token = await shared.Demo.TokenAsync();
        var strangers = await shared.Demo.TokenAsync(stranger.ClientId, stranger.ClientSecret);
        var bought = await CurlAsync($"-H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{RunningDemo.Parcel}' -o /dev/null -w '%header{{location}}'", "/labels/domestic");

        Assert.StartsWith("/labels/domestic/", bought, StringComparison.Ordinal);
        Assert.Equal("200", await CurlAsync($"-H 'Authorization: Bearer {token}' -o /dev/null -w '%{{http_code}}'", bought));
        Assert.Equal("404", await CurlAsync(
            $"-H 'Authorization: Bearer {strangers}' -H 'X-Gatehouse-Client-Id: {shared.Facts.ClientId}' -o /dev/null -w '%{{http_code}}'", bought));
    }

    private async Task<string> CurlAsync(string options, string path)
    {
        var finished = await Shell.RunAsync($"curl -sS {options} '{shared.Facts.ApiUrl}{path}'", environment: shared.TrustingCurl);
        Assert.True(finished.ExitCode == 0, finished.Error);
        return finished.Output;
    }
}
