using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.AuthServer.Remote;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>Somebody else's HTTPS server, which publishes documents.</summary>
internal sealed class Publisher : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;

    private Publisher(WebApplication app, X509Certificate2 certificate) => (_app, _certificate) = (app, certificate);

    /// <summary>What is published, by path.</summary>
    public ConcurrentDictionary<string, Func<HttpContext, Task>> Documents { get; } = new();

    public int Fetches { get; private set; }

    public string Url => _app.Urls.Single();

    /// <summary>The rules of a server that may fetch from here.</summary>
    public OutgoingRules Rules => new() { AllowPrivateAddresses = true, TrustedAuthorities = [_certificate] };

    /// <param name="certificate">What the server shows, and nothing besides; null: one of its own that <see cref="Rules"/> trust.</param>
    public static async Task<Publisher> StartAsync(X509Certificate2? certificate = null)
    {
        certificate ??= TestCertificate.Create();
        var shown = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true); // It fetches no issuer itself.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => new(new SslServerAuthenticationOptions { ServerCertificateContext = shown }),
            })));
        var app = builder.Build();
        var publisher = new Publisher(app, certificate);
        app.Run(publisher.HandleAsync);
        await app.StartAsync();
        return publisher;
    }

    /// <summary>Publishes a text.</summary>
    /// <returns>Its URL.</returns>
    public string Publish(string path, string json)
    {
        Documents[path] = http => http.Response.WriteAsync(json);
        return Url + path;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task HandleAsync(HttpContext http)
    {
        Fetches++;
        if (Documents.TryGetValue(http.Request.Path.Value!, out var document)) return document(http);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
