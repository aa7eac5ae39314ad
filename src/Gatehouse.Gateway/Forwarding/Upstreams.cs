using System.Net;
using Gatehouse.Gateway.Answers;
using Gatehouse.Gateway.Routing;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Gateway.Forwarding;

/// <summary>Forwards a call that was let through. Bodies stream both ways.</summary>
public sealed class Upstreams : IDisposable
{
    private readonly IHttpForwarder _forwarder;
    private readonly ForwarderRequestConfig _request;
    private readonly HttpMessageInvoker _invoker;
    private readonly string _host;

    public Upstreams(IHttpForwarder forwarder, GatewayOptions options)
    {
        _forwarder = forwarder;
        _host = new Uri(options.ApiUrl).Authority;
        _request = new ForwarderRequestConfig { ActivityTimeout = options.Limits.UpstreamTimeout };
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false, // A redirect is the caller's to follow: its target may be another host.
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = null, // The caller's traceparent goes through like any other header.
            ConnectTimeout = options.Limits.ConnectTimeout,
        });
    }

    /// <summary>Forwards; <see cref="FailureOf"/> tells what came of it. Not awaited here: one more continuation per call would be 1 % of it.</summary>
    public ValueTask<ForwarderError> ForwardAsync(HttpContext http, Route route, CallerIdentity caller)
    {
        WithholdFromForwarder(http.Features);
        CallerHeaders.Withhold(http.Request.Headers);
        return _forwarder.SendAsync(http, route.Api.Upstream!, _invoker, _request, new IdentityTransformer(caller, _host));
    }

    /// <summary>What the caller is to be told; null when the upstream answered, whatever its status.</summary>
    public static GatewayFailure? FailureOf(ForwarderError error) => error switch
    {
        ForwarderError.None => null,
        ForwarderError.RequestTimedOut => GatewayFailure.UpstreamSlow,
        ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.ResponseBodyCanceled
            or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeResponseCanceled => null, // The caller went away.
        ForwarderError.RequestBodyClient => null, // The caller sent a broken body; Kestrel has answered or will.
        _ => GatewayFailure.UpstreamAway,
    };

    // An upgrade is forwarded as GET whatever the method of the call, and what follows it outlives the token: there are none here.
    // The limits of the body are the gateway's: the forwarder would lift them for what calls itself gRPC.
    private static void WithholdFromForwarder(IFeatureCollection features)
    {
        features.Set<IHttpUpgradeFeature>(null);
        features.Set<IHttpExtendedConnectFeature>(null);
        features.Set<IHttpMaxRequestBodySizeFeature>(null);
        features.Set<IHttpMinRequestBodyDataRateFeature>(null);
    }

    public void Dispose() => _invoker.Dispose();
}

/// <summary>Whom the upstream is told it is serving.</summary>
/// <param name="Application">The application that calls.</param>
/// <param name="Subject">Whom it speaks for.</param>
/// <param name="Scope">The scopes of the token.</param>
/// <param name="Details">The authorization details that are meant for this API, as a JSON array in ASCII of up to 4096 characters; empty: none.</param>
public readonly record struct CallerIdentity(RegisteredApplication Application, string Subject, string Scope, string Details)
{
    public override string ToString() => $"{Application.ClientId} for {Subject}";
}
