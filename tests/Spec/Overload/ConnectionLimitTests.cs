using System.Net;
using Gatehouse.Admission;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Overload;

public sealed class ConnectionLimitTests : IAsyncLifetime
{
    private readonly TestNode _node = new() { Admission = new AdmissionOptions { MaxConnections = 2 } };

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task One_connection_more_than_the_limit_is_closed_and_the_others_go_on()
    {
        using var first = _node.Connect(_node.Auth.BaseAddress!, certificate: null);
        using var second = _node.Connect(_node.Auth.BaseAddress!, certificate: null);
        using var third = _node.Connect(_node.Auth.BaseAddress!, certificate: null);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(first));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(second));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(third));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(first));
        second.Dispose();
        await Eventually.TrueAsync(() => IsServedAsync(third), "a place is free again");
    }

    private static async Task<HttpStatusCode> GetAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/pf/JWKS");
        return answer.StatusCode;
    }

    private static async Task<bool> IsServedAsync(HttpClient http)
    {
        try
        {
            return await GetAsync(http) == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
