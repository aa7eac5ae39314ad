using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Forms;
using Gatehouse.Store.Database;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Requests;

/// <summary>A form that an application sent, after it has proved who it is.</summary>
public sealed record ClientRequest(AuthenticatedApplication Application, FormBody Form);

/// <summary>
/// The first two phases of every endpoint that applications post forms to: parse once, bounded and strict; then client authentication. What
/// is refused here is answered here.
/// </summary>
public sealed class ClientRequests(
    ClientAuthenticator authenticator, ClientDocuments documents, ApplicationRegistry applications, OAuthFailureWriter failures)
{
    /// <summary>The request, or null when it was refused and answered.</summary>
    /// <param name="http">The request.</param>
    /// <param name="isBeginning">Whether an authorization begins here: then a client that is named by its document may be new.</param>
    public async ValueTask<ClientRequest?> AcceptAsync(HttpContext http, bool isBeginning = false)
    {
        if (FormRequestReader.HasParameterInQuery(http.Request))
        {
            await RefuseQueryAsync(http);
            return null;
        }
        var (form, malformed) = await FormRequestReader.ReadAsync(http.Request);
        if (form is null)
        {
            await failures.WriteAsync(http, malformed!);
            return null;
        }
        if (isBeginning) await MeetAsync(http, form);
        var authentication = await authenticator.AuthenticateAsync(
            AuthorizationOf(http.Request), form, http.Features[typeof(ClientCertificate)] as ClientCertificate, http.RequestAborted);
        if (authentication.Application is { } application) return new ClientRequest(application, form);
        await failures.WriteAsync(http, authentication.Failure!, authentication.ClientId, authentication.Concerned);
        return null;
    }

    /// <summary>Takes the one use of what the application proved itself with; false when that was refused and answered.</summary>
    public async ValueTask<bool> ConsumeAsync(HttpContext http, AuthenticatedApplication application)
    {
        if (await authenticator.ConsumeAsync(application) is not { } failure) return true;
        await failures.WriteAsync(http, failure, application.Registered.ClientId, application.Registered);
        return false;
    }

    // Fetches its document, when that is new or old; whether it says anything good shows when the client is looked up.
    private async ValueTask MeetAsync(HttpContext http, FormBody form)
    {
        if (form["client_id"] is not { } clientId || !ClientDocuments.IsUrl(clientId)) return;
        try
        {
            await documents.FindFreshAsync(clientId, http.Connection.RemoteIpAddress);
        }
        catch (Exception exception) when (StoreFault.IsAway(exception))
        {
            // Looking it up will say so.
        }
    }

    // A header that is there but empty is an attempt that failed, not an absence.
    private static string? AuthorizationOf(HttpRequest request) =>
        request.Headers.Authorization.Count == 0 ? null : request.Headers.Authorization.ToString();

    // The owner of the application should hear that its secret stands in logs now.
    private async Task RefuseQueryAsync(HttpContext http)
    {
        var clientId = http.Request.Query["client_id"].ToString().Trim();
        var concerned = clientId.Length > 0 ? (await applications.FindAsync(clientId)).Value : null;
        await failures.WriteAsync(http, OAuthFailure.ParameterInQuery, clientId, concerned);
    }
}
