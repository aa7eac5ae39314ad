using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Forms;

namespace Gatehouse.AuthServer.Token.Grants;

/// <summary>
/// What differs per grant type: whom the token speaks for. A new grant is one class of this kind in a file of its own and one registration
/// line; authentication, scope policy and issuing are the endpoint's, so that no grant can forget them.
/// </summary>
public interface IGrant
{
    /// <summary>The value of <c>grant_type</c>.</summary>
    string GrantType { get; }

    /// <summary>Decides about a request of an application that may use this grant.</summary>
    GrantDecision Decide(AuthenticatedApplication application, FormBody form);
}

/// <summary>The subject, or the failure.</summary>
public readonly record struct GrantDecision(string? Subject, OAuthFailure? Failure)
{
    public static GrantDecision For(string subject) => new(subject, null);

    public static GrantDecision Refuse(OAuthFailure failure) => new(null, failure);
}
