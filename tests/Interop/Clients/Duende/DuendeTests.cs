using System.Text.Json.Nodes;
using Duende.IdentityModel;
using Duende.IdentityModel.Client;

namespace Gatehouse.Tests.Interop.Clients.Duende;

/// <summary>Duende.IdentityModel: what a program asks the server itself.</summary>
public sealed class DuendeTests(DuendeApplications fixture) : IClassFixture<DuendeApplications>, IDisposable
{
    private readonly HttpClient _http = fixture.House.Http();

    private Applications Known => fixture.Known;

    private string Issuer => fixture.House.Issuer;

    private string TokenEndpoint => Issuer + "/as/token.oauth2";

    public void Dispose() => _http.Dispose();

    [Fact, Passes(Library.Duende, Flow.MetadataOpenId)]
    public async Task It_reads_the_metadata_and_the_keys()
    {
        var metadata = await _http.GetDiscoveryDocumentAsync(Issuer);
        Assert.False(metadata.IsError, metadata.Error);
        Assert.Equal((Issuer, TokenEndpoint), (metadata.Issuer, metadata.TokenEndpoint));
        Assert.NotEmpty(metadata.KeySet!.Keys);
    }

    [Fact, Passes(Library.Duende, Flow.MetadataOAuth)]
    public async Task It_reads_the_other_metadata()
    {
        using var request = new DiscoveryDocumentRequest { Address = Issuer, Policy = { DiscoveryDocumentPath = ".well-known/oauth-authorization-server" } };
        var metadata = await _http.GetDiscoveryDocumentAsync(request);
        Assert.False(metadata.IsError, metadata.Error);
    }

    [Theory]
    [InlineData(ClientCredentialStyle.AuthorizationHeader)]
    [InlineData(ClientCredentialStyle.PostBody)]
    [Passes(Library.Duende, Flow.ClientCredentialsBasic), Passes(Library.Duende, Flow.ClientCredentialsPost), Passes(Library.Duende, Flow.GatewayCall)]
    public async Task A_program_with_a_secret_obtains_a_token(ClientCredentialStyle style)
    {
        var answer = await OwnTokenAsync(style);
        Assert.Equal((200, 401), (await fixture.CallAsync(answer), await fixture.CallAsync(answer[..^8] + "AAAAAAAA")));
    }

    [Fact, Passes(Library.Duende, Flow.ClientCredentialsJwt)]
    public async Task A_program_with_a_key_obtains_a_token()
    {
        var assertion = Known.SignerKey.Sign(new JsonObject { ["iss"] = Known.Signer.ClientId, ["sub"] = Known.Signer.ClientId, ["aud"] = Issuer });
        using var request = new ClientCredentialsTokenRequest
        {
            Address = TokenEndpoint, ClientId = Known.Signer.ClientId, ClientCredentialStyle = ClientCredentialStyle.PostBody,
            ClientAssertion = new ClientAssertion { Type = OidcConstants.ClientAssertionTypes.JwtBearer, Value = assertion },
        };
        await OpensAsync(await _http.RequestClientCredentialsTokenAsync(request));
    }

    [Fact, Passes(Library.Duende, Flow.ClientCertificate), Passes(Library.Duende, Flow.CertificateGateway)]
    public async Task A_program_with_a_certificate_obtains_a_token_for_that_certificate()
    {
        var token = await CertifiedTokenAsync(Known.Certified, Known.Certificate);
        Assert.Equal(200, await fixture.CallAsync(token, Known.Certificate.Certificate));
        Assert.Equal((401, 401), (await fixture.CallAsync(token), await fixture.CallAsync(token, Known.OwnCertificate.Certificate)));
    }

    [Fact, Passes(Library.Duende, Flow.SelfSignedCertificate)]
    public async Task A_program_with_a_certificate_of_its_own_obtains_a_token()
    {
        var token = await CertifiedTokenAsync(Known.SelfSigned, Known.OwnCertificate);
        Assert.Equal(200, await fixture.CallAsync(token, Known.OwnCertificate.Certificate));
    }

    [Fact, Passes(Library.Duende, Flow.Dpop)]
    public async Task A_token_is_bound_to_a_key()
    {
        using var key = new Key("proof");
        TokenResponse answer;
        string? nonce = null;
        do
        {
            using var request = new ClientCredentialsTokenRequest
            {
                Address = TokenEndpoint, ClientId = Known.Service.ClientId, ClientSecret = Known.Service.ClientSecret,
                DPoPProofToken = key.Prove(TokenEndpoint, nonce),
            };
            answer = await _http.RequestClientCredentialsTokenAsync(request);
        }
        while (answer.Error == OidcConstants.TokenErrors.UseDPoPNonce && nonce is null && (nonce = answer.DPoPNonce) is not null);
        Assert.NotNull(nonce);
        Assert.Equal(OidcConstants.TokenResponse.DPoPTokenType, answer.TokenType);
    }

    [Fact, Passes(Library.Duende, Flow.Device)]
    public async Task A_device_obtains_a_token()
    {
        using var begin = new DeviceAuthorizationRequest
        {
            Address = Issuer + "/as/device_authz.oauth2", ClientId = Known.Public.ClientId, Scope = "openid parcels:read",
            ClientCredentialStyle = ClientCredentialStyle.PostBody,
        };
        var begun = await _http.RequestDeviceAuthorizationAsync(begin);
        Assert.False(begun.IsError, begun.Error);
        Assert.Contains("is connected", (await fixture.Browser.VisitAsync(begun.VerificationUriComplete!)).Page, StringComparison.Ordinal);
        using var request = new DeviceTokenRequest
        {
            Address = TokenEndpoint, ClientId = Known.Public.ClientId, DeviceCode = begun.DeviceCode!, ClientCredentialStyle = ClientCredentialStyle.PostBody,
        };
        await OpensAsync(await _http.RequestDeviceTokenAsync(request));
    }

    [Fact, Passes(Library.Duende, Flow.TokenExchange)]
    public async Task A_token_is_exchanged()
    {
        var signedIn = await fixture.CreateOidcClient(Known.Public).LoginAsync();
        Assert.False(signedIn.IsError, signedIn.Error);
        using var request = new TokenExchangeTokenRequest
        {
            Address = TokenEndpoint, ClientId = Known.Exchanger.ClientId, ClientSecret = Known.Exchanger.ClientSecret,
            SubjectToken = signedIn.AccessToken, SubjectTokenType = OidcConstants.TokenTypeIdentifiers.AccessToken, Scope = Apis.Read,
        };
        await OpensAsync(await _http.RequestTokenExchangeTokenAsync(request));
    }

    [Fact, Passes(Library.Duende, Flow.JwtBearer)]
    public async Task A_workload_obtains_a_token()
    {
        using var request = new TokenRequest
        {
            Address = TokenEndpoint, ClientId = Known.Federated.ClientId, GrantType = OidcConstants.GrantTypes.JwtBearer,
            ClientCredentialStyle = ClientCredentialStyle.PostBody, Parameters = { { "assertion", Known.SignForWorkload(Issuer) } },
        };
        await OpensAsync(await _http.RequestTokenAsync(request));
    }

    [Theory]
    [InlineData(ResponseFormat.Json)]
    [InlineData(ResponseFormat.Jwt)]
    [Passes(Library.Duende, Flow.Introspection), Passes(Library.Duende, Flow.IntrospectionSigned)]
    public async Task An_API_asks_about_a_token(ResponseFormat format)
    {
        using var request = new TokenIntrospectionRequest
        {
            Address = Issuer + "/as/introspect.oauth2", ClientId = Known.Service.ClientId, ClientSecret = Known.Service.ClientSecret,
            Token = await OwnTokenAsync(), ResponseFormat = format,
        };
        var answer = await _http.IntrospectTokenAsync(request);
        Assert.False(answer.IsError, answer.Error);
        Assert.True(answer.IsActive);
        Assert.Equal(Known.Service.ClientId, answer.ClientId);
    }

    [Fact, Passes(Library.Duende, Flow.Revocation)]
    public async Task A_token_is_revoked()
    {
        var token = await OwnTokenAsync();
        using var request = new TokenRevocationRequest
        {
            Address = Issuer + "/as/revoke_token.oauth2", ClientId = Known.Service.ClientId, ClientSecret = Known.Service.ClientSecret, Token = token,
        };
        var answer = await _http.RevokeTokenAsync(request);
        Assert.False(answer.IsError, answer.Error);
        await fixture.IsRefusedSoonAsync(token);
    }

    [Fact, Passes(Library.Duende, Flow.Registration)]
    public async Task A_program_registers_itself()
    {
        using var request = new DynamicClientRegistrationRequest
        {
            Address = Issuer + "/as/clients.oauth2",
            Document = new DynamicClientRegistrationDocument
            {
                ClientName = "Newcomer", RedirectUris = { new Uri(Applications.Callback) }, GrantTypes = { "authorization_code", "refresh_token" },
                TokenEndpointAuthenticationMethod = "client_secret_basic",
            },
        };
        var answer = await _http.RegisterClientAsync(request);
        Assert.False(answer.IsError, answer.Raw);
        var signedIn = await fixture.CreateOidcClient(new Credentials(answer.ClientId!, answer.ClientSecret!), options =>
            options.TokenClientCredentialStyle = ClientCredentialStyle.AuthorizationHeader).LoginAsync();
        Assert.False(signedIn.IsError, signedIn.Error);
    }

    private async Task<string> CertifiedTokenAsync(Credentials application, Certified certified)
    {
        var metadata = await _http.GetDiscoveryDocumentAsync(Issuer);
        using var http = fixture.House.Http(certified.Certificate);
        using var request = new ClientCredentialsTokenRequest
        {
            Address = metadata.MtlsEndpointAliases!.TokenEndpoint, ClientId = application.ClientId, ClientCredentialStyle = ClientCredentialStyle.PostBody,
        };
        var answer = await http.RequestClientCredentialsTokenAsync(request);
        Assert.False(answer.IsError, $"{answer.Error} {answer.ErrorDescription}");
        return answer.AccessToken!;
    }

    private async Task<string> OwnTokenAsync(ClientCredentialStyle style = ClientCredentialStyle.AuthorizationHeader)
    {
        using var request = new ClientCredentialsTokenRequest
        {
            Address = TokenEndpoint, ClientId = Known.Service.ClientId, ClientSecret = Known.Service.ClientSecret, ClientCredentialStyle = style,
        };
        var answer = await _http.RequestClientCredentialsTokenAsync(request);
        Assert.False(answer.IsError, answer.Error);
        return answer.AccessToken!;
    }

    private async Task OpensAsync(TokenResponse answer)
    {
        Assert.False(answer.IsError, $"{answer.Error} {answer.ErrorDescription}");
        Assert.Equal(200, await fixture.CallAsync(answer.AccessToken));
    }
}
