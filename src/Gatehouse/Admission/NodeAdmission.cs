using Gatehouse.Composition;

namespace Gatehouse.Admission;

/// <summary>
/// Refuses a share of what programs ask while the node is overloaded, before anything of it is read. What people do, what ends access
/// (revocation, the Admin API) and what others need in order to verify (keys, metadata) is never refused.
/// </summary>
internal static class NodeAdmission
{
    public static void AddAdmission(this IServiceCollection services, AdmissionOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<AdmissionControl>();
        if (options.TargetWait > TimeSpan.Zero) services.AddHostedService(provider => ActivatorUtilities.CreateInstance<QueueProbe>(provider));
    }

    /// <summary>Comes first: what is refused costs nothing that follows.</summary>
    public static void UseAdmission(this IApplicationBuilder app)
    {
        var admission = app.ApplicationServices.GetRequiredService<AdmissionControl>();
        app.Use(next => http =>
            admission.IsRefusing && MayRefuse(http) is { } refuse && admission.Refuses() ? refuse(http, admission.RetryAfterSeconds) : next(http));
    }

    private static Func<HttpContext, int, Task>? MayRefuse(HttpContext http) =>
        HttpMethods.IsOptions(http.Request.Method) ? null // A page's preflight request: refused, it would hide from the page why.
        : http.Features[typeof(ListenerRole)] is ListenerRole { IsGateway: true }
            ? Gateway.Answers.OverloadAnswer.Concerns(http.Request) ? Gateway.Answers.OverloadAnswer.WriteAsync : null
        : AuthServer.Requests.OverloadAnswer.Concerns(http.Request) ? AuthServer.Requests.OverloadAnswer.WriteAsync
        : null;
}
