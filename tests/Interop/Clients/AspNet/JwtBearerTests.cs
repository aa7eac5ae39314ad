using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Interop.Clients.AspNet;

/// <summary>An API that verifies our access tokens with the framework's handler, without the gateway before it.</summary>
public sealed class GuardedApi(RunningHouse house) : LibrarySite(house, "jwtbearer")
{
    protected override void Add(WebApplicationBuilder builder) => builder.Services.AddAuthorization().AddAuthentication().AddJwtBearer(options =>
    {
        (options.Authority, options.Audience, options.MapInboundClaims) = (House.Issuer, House.Resource, false);
        options.TokenValidationParameters.ValidTypes = ["at+jwt"]; // RFC 9068 §4.
        options.BackchannelHttpHandler = TrustingHttp.CreateHandler(House.CaFile);
    });

    protected override void Use(WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", (HttpContext http) => http.User.FindFirstValue("client_id")).RequireAuthorization();
    }
}

public sealed class JwtBearerTests(GuardedApi api) : IClassFixture<GuardedApi>
{
    [Fact, Passes(Library.JwtBearer, Flow.AccessToken), Passes(Library.JwtBearer, Flow.MetadataOpenId)]
    public async Task Our_access_token_is_verified()
    {
        var token = await api.House.TokenAsync(api.Known.Service);

        Assert.Equal((HttpStatusCode.OK, api.Known.Service.ClientId), await CallAsync(token));
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(token[..^8] + "AAAAAAAA")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(null)).Status);
    }

    private async Task<(HttpStatusCode Status, string Text)> CallAsync(string? token)
    {
        using var http = api.House.Http(token);
        using var answer = await http.GetAsync(new Uri(api.Url));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
