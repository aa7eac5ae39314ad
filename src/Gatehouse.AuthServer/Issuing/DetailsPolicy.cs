using System.Globalization;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>Which authorization details are asked for, and within which bounds.</summary>
/// <param name="Text">The parameter; null when it is absent.</param>
/// <param name="Resources">The resource parameters (RFC 8707 §2); empty: every API of the types.</param>
/// <param name="Granted">What was granted before, which is never exceeded (RFC 9396 §6.1); null when nothing was.</param>
internal readonly record struct DetailsRequest(string? Text, IReadOnlyList<string> Resources, AuthorizationDetails? Granted = null);

/// <summary>
/// Which authorization details an application obtains (RFC 9396 §5): of types that it may use, of APIs that it has an approved contract with,
/// each as the API's schema wants it. Of what was granted before only the very same objects can be asked for: nobody but the API knows what
/// would be less.
/// </summary>
internal static class DetailsPolicy
{
    private const int MaxShownLength = 64;

    public static OAuthFailure? Apply(DetailsRequest request, RegisteredApplication application, ApiSnapshot apis, out AuthorizationDetails details)
    {
        details = AuthorizationDetails.None;
        // The usual case by itself, without what the other's questions keep of the request.
        return request.Text is null && request.Granted is null or { Count: 0 } ? null : Decide(request, application, apis, out details);
    }

    private static OAuthFailure? Decide(DetailsRequest request, RegisteredApplication application, ApiSnapshot apis, out AuthorizationDetails details)
    {
        details = AuthorizationDetails.None;
        var contracted = ScopePolicy.ContractsOf(application, apis).Select(pair => pair.Api!).ToList();

        // 1. Nothing asked: what was granted, as far as it is possible still and belongs to the resources.
        if (request.Text is null)
        {
            details = request.Granted!.Where(detail => FindApi(detail, application, contracted) is { } api && Check(detail, api, request) is null);
            return null;
        }

        // 2. What is asked must be possible, one by one.
        if (AuthorizationDetails.Parse(request.Text, out var fault) is not { } asked)
            return OAuthFailure.WrongAuthorizationDetails("malformed_authorization_details", fault!);
        var place = -1;
        foreach (var detail in asked.All)
        {
            place++;
            if (request.Granted is { } granted && !granted.All.Contains(detail)) return Refuse("details_not_granted", place, "was not granted.", detail);
            if (FindApi(detail, application, contracted) is not { } api)
                return Refuse("unknown_details_type", place, "has a type that the application cannot use.", detail, WhyNot(detail, application, apis));
            if (Check(detail, api, request) is { } wrong) return Refuse(wrong.Code, place, wrong.Words, detail);
        }
        details = asked;
        return null;
    }

    private static RegisteredApi? FindApi(AuthorizationDetail detail, RegisteredApplication application, IReadOnlyList<RegisteredApi> contracted) =>
        application.AuthorizationDetailsTypes.Contains(detail.Type) ? contracted.FirstOrDefault(api => api.DetailsTypes.ContainsKey(detail.Type)) : null;

    private static (string Code, string Words)? Check(AuthorizationDetail detail, RegisteredApi api, DetailsRequest request)
    {
        if (request.Resources.Count > 0 && !request.Resources.Contains(api.Resource, StringComparer.Ordinal))
            return ("details_of_other_resource", "has a type of another API than the resource.");
        if (detail.Locations.Any(location => location != api.Resource)) return ("wrong_details_location", "has locations other than the resource identifier of its type's API.");
        return api.DetailsTypes[detail.Type].Accepts(detail) ? null : ("details_not_as_registered", "is not what its type asks for.");
    }

    private static string WhyNot(AuthorizationDetail detail, RegisteredApplication application, ApiSnapshot apis) =>
        apis.WithDetailsType(detail.Type) is not { } api ? "No API has this type."
        : !application.AuthorizationDetailsTypes.Contains(detail.Type) ? "It is not among the authorization_details_types of the application."
        : $"The application has no approved contract for {api.Name}.";

    private static OAuthFailure Refuse(string code, int place, string words, AuthorizationDetail detail, string? why = null)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"object {place + 1} {words}");
        var type = string.Concat(detail.Type.Where(c => c is >= ' ' and <= '~').Take(MaxShownLength));
        return OAuthFailure.WrongAuthorizationDetails(code, text, $"In authorization_details, {text} Its type is {type}. {why}".TrimEnd());
    }
}
