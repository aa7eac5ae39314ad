using Duende.IdentityModel.OidcClient;
using Duende.IdentityModel.OidcClient.Browser;

namespace Gatehouse.Tests.Interop.Clients.Duende;

public sealed class DuendeApplications(RunningHouse house) : LibraryApplications(house, "duende")
{
    /// <summary>A program that signs its user in.</summary>
    internal OidcClient CreateOidcClient(Credentials application, Action<OidcClientOptions>? change = null, Person? browser = null)
    {
        var options = new OidcClientOptions
        {
            Authority = House.Issuer, ClientId = application.ClientId, RedirectUri = Applications.Callback, PostLogoutRedirectUri = Applications.Goodbye,
            Scope = "openid email parcels:read", ClientSecret = application.ClientSecret.Length > 0 ? application.ClientSecret : null, DisablePushedAuthorization = true,
            Browser = new PersonsBrowser(browser ?? Browser), HttpClientFactory = _ => House.Http(),
        };
        change?.Invoke(options);
        return new OidcClient(options);
    }

    private sealed class PersonsBrowser(Person person) : IBrowser
    {
        public async Task<BrowserResult> InvokeAsync(BrowserOptions options, CancellationToken cancellationToken = default)
        {
            var arrival = await person.VisitAsync(options.StartUrl);
            if (arrival.Fields.Count == 0) return new BrowserResult { ResultType = BrowserResultType.Success, Response = arrival.Url };
            using var posted = new FormUrlEncodedContent(arrival.Fields);
            return new BrowserResult { ResultType = BrowserResultType.Success, Response = await posted.ReadAsStringAsync(cancellationToken) };
        }
    }
}
