using Gatehouse.AuthServer.Remote;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Authorization;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Authorization;

/// <summary>Takes the parameters out of a signed request object (RFC 9101), when the request holds one.</summary>
public sealed class RequestObjects(AuthServerOptions options, ApplicationKeys keys, TimeProvider clock)
{
    /// <returns>The parameters that count, or what is wrong with the request object.</returns>
    internal async ValueTask<(AuthorizationParameters Parameters, string? Fault)> OpenAsync(
        AuthorizationParameters parameters, RegisteredApplication application, CancellationToken cancellation)
    {
        if (parameters["request"] is not { } text) return (parameters, null);
        if (RequestObject.Read(text) is not { } request) return (parameters, "The request object is not a well-formed signed JWT.");
        var found = await keys.FindAsync(application, request.Kid, cancellation);
        var fault = request.Check(
            found, ApplicationKeys.AlgorithmsOf(application), application.ClientId, options.Issuer, clock.GetUtcNow().ToUnixTimeSeconds());
        if (fault is not null) return (parameters, fault);
        return request.Parameters() is { } form ? (new AuthorizationParameters(form, Fault: null), null)
            : (parameters, "The request object holds a parameter twice, too many, or one with control characters.");
    }
}
