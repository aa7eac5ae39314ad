using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Bench.Peers.Limits;

/// <summary>
/// The least that a gateway out of YARP can cost: its direct forwarder as the only thing in the pipeline. The second form verifies the ES256
/// signature of each call's token first and looks at nothing else: what a gateway costs that has seen no token before.
/// </summary>
internal static class ForwardLimit
{
    private static readonly ForwarderRequestConfig Patience = new() { ActivityTimeout = TimeSpan.FromSeconds(100) };

    public static Task RunAsync(PeerSettings settings) => ServeAsync(settings, _ => true);

    public static Task RunVerifyingAsync(PeerSettings settings)
    {
        var key = settings.SigningKey;
        return ServeAsync(settings, http => IsSigned(http.Request.Headers.Authorization.ToString(), key));
    }

    private static async Task ServeAsync(PeerSettings settings, Func<HttpContext, bool> mayPass)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Listening.Configure(kestrel, settings));
        builder.Services.AddHttpForwarder();
        await using var app = builder.Build();
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        using var upstream = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None, UseCookies = false,
            ActivityHeadersPropagator = null,
        });
        app.Run(http =>
        {
            Task answer = Task.CompletedTask;
            if (mayPass(http)) answer = forwarder.SendAsync(http, settings.Upstream, upstream, Patience, HttpTransformer.Default).AsTask();
            else http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return answer;
        });
        await app.RunAsync();
    }

    private static bool IsSigned(string authorization, ECDsa key)
    {
        const string scheme = "Bearer ";
        if (!authorization.StartsWith(scheme, StringComparison.Ordinal)) return false;
        var token = authorization.AsSpan(scheme.Length);
        var dot = token.LastIndexOf('.');
        Span<byte> signature = stackalloc byte[64];
        Span<byte> signed = stackalloc byte[2048];
        return dot > 0 && Base64Url.TryDecodeFromChars(token[(dot + 1)..], signature, out var length) && length == signature.Length
            && Encoding.ASCII.TryGetBytes(token[..dot], signed, out var bytes)
            && key.VerifyData(signed[..bytes], signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
