using Gatehouse.AuthServer.Authorization;
using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.AuthServer.Device;
using Gatehouse.AuthServer.Introspection;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Jwks;
using Gatehouse.AuthServer.Logout;
using Gatehouse.AuthServer.Metadata;
using Gatehouse.AuthServer.Registration;
using Gatehouse.AuthServer.Remote;
using Gatehouse.AuthServer.Requests;
using Gatehouse.AuthServer.Revocation;
using Gatehouse.AuthServer.SenderConstraint;
using Gatehouse.AuthServer.Token;
using Gatehouse.AuthServer.Token.Grants;
using Gatehouse.AuthServer.UserInfo;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.AuthServer;

/// <summary>Adds the OAuth endpoints to a node.</summary>
public static class AuthServer
{
    public static IServiceCollection AddGatehouseAuthServer(this IServiceCollection services, AuthServerOptions options)
    {
        services.AddSingleton(options);
        services.AddCors();

        // Organs: what must never differ between endpoints and grants.
        services.AddSingleton<SigningKeys>();
        services.AddHostedService(provider => provider.GetRequiredService<SigningKeys>());
        services.AddSingleton<JwtSigner>();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<IdTokenIssuer>();
        services.AddSingleton<IdTokenHints>();
        services.AddSingleton<LogoutTokenIssuer>();
        services.AddSingleton<RemoteDocuments>();
        services.AddSingleton<RemoteKeys>();
        services.AddSingleton<ApplicationKeys>();
        services.AddSingleton<RegistrationPace>();
        services.AddSingleton<UnprovenRequestPace>();
        services.AddSingleton<ClientDocuments>();
        services.AddSingleton<FailureThrottle>();
        services.AddSingleton<CertificateAuthentication>();
        services.AddSingleton<ClientAuthenticator>();
        services.AddSingleton<OAuthFailureWriter>();
        services.AddSingleton<ClientRequests>();
        services.AddSingleton<PresentedTokens>();
        services.AddSingleton<DpopProofs>();
        services.AddSingleton<SenderConstraints>();

        // Grants: one file and one line each.
        services.AddSingleton<IGrant, ClientCredentialsGrant>();
        services.AddSingleton<IGrant, AuthorizationCodeGrant>();
        services.AddSingleton<IGrant, RefreshTokenGrant>();
        services.AddSingleton<IGrant, DeviceCodeGrant>();
        services.AddSingleton<IGrant, TokenExchangeGrant>();
        services.AddSingleton<IGrant, JwtBearerGrant>();

        // Endpoints.
        services.AddSingleton<RequestObjects>();
        services.AddSingleton<AuthorizationEndpoint>();
        services.AddSingleton<ResumeEndpoint>();
        services.AddSingleton<PushedRequestEndpoint>();
        services.AddSingleton<DeviceAuthorizationEndpoint>();
        services.AddSingleton<TokenEndpoint>();
        services.AddSingleton<IntrospectionAnswer>();
        services.AddSingleton<IntrospectionEndpoint>();
        services.AddSingleton<RevocationEndpoint>();
        services.AddSingleton<RegistrationEndpoint>();
        services.AddSingleton<ClientConfigurationEndpoint>();
        services.AddSingleton<UserInfoEndpoint>();
        services.AddSingleton<LogoutEndpoint>();
        services.AddSingleton<LogoutResumeEndpoint>();
        services.AddSingleton<LogoutPosts>();
        services.AddHostedService<BackChannelLogout>();
        services.AddSingleton<JwksEndpoint>();
        services.AddSingleton<MetadataEndpoint>();
        return services;
    }

    /// <summary>Needs <see cref="CrossOrigin.UseCrossOrigin"/> between routing and these endpoints.</summary>
    public static IEndpointRouteBuilder MapGatehouseAuthServer(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        endpoints.MapMethods(AuthServerOptions.AuthorizationPath, ["GET", "POST"], services.GetRequiredService<AuthorizationEndpoint>().HandleAsync);
        endpoints.MapGet(InteractionRegister.ResumePath, services.GetRequiredService<ResumeEndpoint>().HandleAsync);
        endpoints.Map(AuthServerOptions.PushedRequestPath, services.GetRequiredService<PushedRequestEndpoint>().HandleAsync).AllowAnyOrigin("POST");
        endpoints.Map(AuthServerOptions.DeviceAuthorizationPath, services.GetRequiredService<DeviceAuthorizationEndpoint>().HandleAsync).AllowAnyOrigin("POST");
        endpoints.Map(AuthServerOptions.TokenPath, services.GetRequiredService<TokenEndpoint>().HandleAsync).AllowAnyOrigin("POST");
        endpoints.Map(AuthServerOptions.IntrospectionPath, services.GetRequiredService<IntrospectionEndpoint>().HandleAsync);
        endpoints.Map(AuthServerOptions.RevocationPath, services.GetRequiredService<RevocationEndpoint>().HandleAsync).AllowAnyOrigin("POST");
        if (services.GetRequiredService<AuthServerOptions>().Registration.Mode != RegistrationMode.Off)
        {
            endpoints.MapPost(AuthServerOptions.RegistrationPath, services.GetRequiredService<RegistrationEndpoint>().HandleAsync).AllowAnyOrigin("POST");
            endpoints.MapMethods(AuthServerOptions.RegistrationPath + "/{client_id}", ["GET", "PUT", "DELETE"],
                services.GetRequiredService<ClientConfigurationEndpoint>().HandleAsync).AllowAnyOrigin("GET", "PUT", "DELETE");
        }
        endpoints.MapMethods(AuthServerOptions.UserInfoPath, ["GET", "POST"], services.GetRequiredService<UserInfoEndpoint>().HandleAsync).AllowAnyOrigin("GET", "POST");
        endpoints.MapMethods(AuthServerOptions.LogoutPath, ["GET", "POST"], services.GetRequiredService<LogoutEndpoint>().HandleAsync);
        endpoints.MapGet(LogoutRequestRegister.ResumePath, services.GetRequiredService<LogoutResumeEndpoint>().HandleAsync);
        endpoints.MapGet(AuthServerOptions.JwksPath, services.GetRequiredService<JwksEndpoint>().HandleAsync).AllowAnyOrigin("GET");
        endpoints.MapGet(AuthServerOptions.MetadataPath, services.GetRequiredService<MetadataEndpoint>().HandleAsync).AllowAnyOrigin("GET");
        endpoints.MapGet(AuthServerOptions.OpenIdConfigurationPath, services.GetRequiredService<MetadataEndpoint>().HandleAsync).AllowAnyOrigin("GET");
        return endpoints;
    }
}
