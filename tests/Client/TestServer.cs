using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Client;

/// <summary>What arrived at the server.</summary>
internal sealed record Call(string Path, string? Authorization, string Body)
{
    /// <summary>The token that came along, or null.</summary>
    public string? Token => Authorization is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var token] ? token : null;
}

/// <summary>A real token endpoint and a real API on one TLS port. Tokens are called <c>token-1</c>, <c>token-2</c> and so on.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string ClientId = "shipper";
    public const string Secret = "correct-horse-battery-staple";
    public const int Lifetime = 1000;

    private readonly WebApplication _app;
    private int _tokens;

    private TestServer(WebApplication app)
    {
        _app = app;
        AnswerToken = context => AnswerJsonAsync(context, 200, NextToken());
        AnswerApi = (context, call) => context.Response.WriteAsync(call.Token ?? "");
    }

    public FakeTimeProvider Time { get; } = new();

    public ConcurrentQueue<Call> TokenCalls { get; } = new();

    public ConcurrentQueue<Call> ApiCalls { get; } = new();

    /// <summary>Default: the next token.</summary>
    public Func<HttpContext, Task> AnswerToken { get; set; }

    /// <summary>Default: 200 with the token that came along.</summary>
    public Func<HttpContext, Call, Task> AnswerApi { get; set; }

    public Uri Address => new(_app.Urls.Single());

    public Uri TokenEndpoint => new(Address, "/as/token.oauth2");

    public static async Task<TestServer> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate ?? TestCertificates.Server)));
        var server = new TestServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public AccessTokenOptions Options(
        Uri? tokenEndpoint = null,
        string secret = Secret,
        string? scope = null,
        ClientAuthenticationMethod authentication = ClientAuthenticationMethod.ClientSecretBasic,
        HttpMessageHandler? tokenRequestHandler = null,
        X509Certificate2? authority = null,
        IReadOnlyList<Uri>? apiOrigins = null,
        TimeProvider? time = null) => new()
        {
            TokenEndpoint = tokenEndpoint ?? TokenEndpoint,
            ClientId = ClientId,
            ClientSecret = new ClientSecret(secret),
            ApiOrigins = apiOrigins ?? [Address],
            Scope = scope,
            ClientAuthentication = authentication,
            TokenRequestHandler = tokenRequestHandler,
            TrustedCertificateAuthority = TrustedCertificateAuthority.FromCertificate(authority ?? TestCertificates.Authority),
            TimeProvider = time ?? Time,
        };

    public HttpClient CreateClient(AccessTokenOptions? options = null) => AccessTokenHandler.CreateHttpClient(options ?? Options());

    public string NextToken() => $$"""{"access_token":"token-{{Interlocked.Increment(ref _tokens)}}","token_type":"Bearer","expires_in":{{Lifetime}}}""";

    public static Task AnswerJsonAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    /// <summary>The answer of an API that does not take this token any more (RFC 6750 §3.1).</summary>
    public static Task AnswerInvalidTokenAsync(HttpContext context)
    {
        context.Response.StatusCode = 401;
        context.Response.Headers.WWWAuthenticate = """Bearer realm="labels", error="invalid_token", error_description="expired" """;
        return Task.CompletedTask;
    }

    /// <summary>Makes the API reject every token but those named.</summary>
    public void Accept(params string[] tokens) => AnswerApi = (context, call) =>
        tokens.Contains(call.Token) ? context.Response.WriteAsync(call.Token!) : AnswerInvalidTokenAsync(context);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var call = new Call(context.Request.Path, context.Request.Headers.Authorization, await reader.ReadToEndAsync());
        if (context.Request.Path == TokenEndpoint.AbsolutePath)
        {
            TokenCalls.Enqueue(call);
            await AnswerToken(context);
        }
        else
        {
            ApiCalls.Enqueue(call);
            await AnswerApi(context, call);
        }
    }
}
