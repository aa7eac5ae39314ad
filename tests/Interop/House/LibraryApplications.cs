using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Tests.Interop.House;

/// <summary>The applications of a library whose tests run in this process.</summary>
public abstract class LibraryApplications(RunningHouse house, string name) : IAsyncLifetime
{
    internal RunningHouse House => house;

    internal Applications Known { get; private set; } = null!;

    /// <summary>The browser of the person who uses them all: signed in after the first time.</summary>
    internal Person Browser { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Known = await house.RegisterAsync(name, Apis.Parcels, RedirectUris, Goodbyes);
        Browser = house.OpenBrowser();
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Known?.Dispose();
        Browser?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Where its users come back to, besides <see cref="Applications.Callback"/>.</summary>
    protected virtual IEnumerable<string> RedirectUris => [];

    /// <summary>Where they are sent who have signed out, besides <see cref="Applications.Goodbye"/>.</summary>
    protected virtual IEnumerable<string> Goodbyes => [];

    /// <summary>Calls the API behind the gateway.</summary>
    internal async Task<int> CallAsync(string? token, X509Certificate2? certificate = null)
    {
        using var http = certificate is null ? house.Http(token) : house.Http(certificate, token);
        using var answer = await http.GetAsync(new Uri(house.Call));
        return (int)answer.StatusCode;
    }

    /// <summary>What Gatehouse promises of revocation: refused everywhere a second later at most.</summary>
    internal async Task IsRefusedSoonAsync(string token)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await CallAsync(token) == 200)
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(1), "Still accepted after a second.");
        Assert.Equal(401, await CallAsync(token));
    }
}
