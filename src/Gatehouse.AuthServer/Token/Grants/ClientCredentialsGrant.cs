using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.Protocol.Forms;

namespace Gatehouse.AuthServer.Token.Grants;

/// <summary>
/// The application speaks for itself (RFC 6749 §4.4). Its subject is its <c>client_id</c> (RFC 9068 §2.2), which no user can have as subject:
/// users are named by ids of another form (RFC 9068 §5).
/// </summary>
public sealed class ClientCredentialsGrant : IGrant
{
    public string GrantType => Protocol.Vocabulary.GrantType.ClientCredentials;

    public ValueTask<GrantDecision> DecideAsync(AuthenticatedApplication application, FormBody form, CancellationToken cancellation) =>
        new(GrantDecision.For(application.Registered.ClientId) with { RequestedScope = form["scope"] });
}
