using System.Text.Json;
using Gatehouse.Client;

namespace Gatehouse.Tests.Client;

public sealed class OptionsTests
{
    private const string Secret = "s3cret-that-nobody-sees";

    [Fact]
    public void All_errors_are_reported_at_once()
    {
        var options = new AccessTokenOptions
        {
            TokenEndpoint = new Uri("http://oauth.org.com/as/token.oauth2"),
            ClientId = "",
            ClientSecret = new ClientSecret(Secret + "\n"),
            ApiOrigins = [],
            Scope = "two  blanks",
            ClientAuthentication = (ClientAuthenticationMethod)7,
            RefreshMargin = TimeSpan.FromSeconds(-1),
            TokenRequestTimeout = TimeSpan.Zero,
            TokenRequestHandler = new HttpClientHandler(),
            TimeProvider = null!,
        };

        var error = Assert.Throws<ArgumentException>(() => new AccessTokenHandler(options));

        Assert.All(
            ["TokenEndpoint", "ClientId", "ClientSecret", "ApiOrigins", "Scope", "ClientAuthentication", "RefreshMargin", "TokenRequestTimeout",
                "TokenRequestHandler", "TimeProvider"],
            name => Assert.Contains(name + " must", error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nulls_from_code_without_nullable_checks_are_reported_like_other_errors()
    {
        var options = new AccessTokenOptions { TokenEndpoint = null!, ClientId = null!, ClientSecret = null!, ApiOrigins = [null!] };

        var error = Assert.Throws<ArgumentException>(() => AccessTokenHandler.CreateHttpClient(options));

        Assert.All(
            ["TokenEndpoint", "ClientId", "ClientSecret", "ApiOrigins"],
            name => Assert.Contains(name + " must", error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://oauth.org.com/token")]
    [InlineData("https://user:password@oauth.org.com/token")]
    [InlineData("https://oauth.org.com/token#here")]
    [InlineData("/as/token.oauth2")]
    [InlineData("ftp://oauth.org.com/token")]
    public void A_token_endpoint_is_an_absolute_https_address(string address) =>
        Assert.Contains("TokenEndpoint must", ErrorOf(Options(address, "https://api.domain.com")), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://api.domain.com")]
    [InlineData("https://user@api.domain.com")]
    [InlineData("https://api.domain.com/labels")]
    [InlineData("https://api.domain.com/?a=b")]
    [InlineData("api.domain.com")]
    public void An_api_origin_is_https_scheme_host_and_port_only(string origin) =>
        Assert.Contains("ApiOrigins must", ErrorOf(Options("https://oauth.org.com/token", origin)), StringComparison.Ordinal);

    [Fact]
    public void The_secret_shows_itself_nowhere()
    {
        var options = Options("https://oauth.org.com/token", "https://api.domain.com");
        using var source = new AccessTokenSource(options);

        Assert.All(
            [options.ToString()!, options.ClientSecret.ToString(), $"{options.ClientSecret}", source.ToString()!, JsonSerializer.Serialize(options.ClientSecret)],
            text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }

    private static AccessTokenOptions Options(string tokenEndpoint, string apiOrigin) => new()
    {
        TokenEndpoint = new Uri(tokenEndpoint, UriKind.RelativeOrAbsolute),
        ClientId = "shipper",
        ClientSecret = new ClientSecret(Secret),
        ApiOrigins = [new Uri(apiOrigin, UriKind.RelativeOrAbsolute)],
    };

    private static string ErrorOf(AccessTokenOptions options) => Assert.Throws<ArgumentException>(() => new AccessTokenSource(options)).Message;
}
