using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.Portal.Pages.Application.Details;

/// <summary>The grant by which a developer tries an application first, and what its token request holds besides.</summary>
/// <param name="Name">The <c>grant_type</c>.</param>
/// <param name="Parameters">Parameters with placeholders.</param>
/// <param name="Hint">Where what they stand for comes from; null: there are none.</param>
internal sealed record FirstGrant(string Name, IReadOnlyList<string> Parameters, string? Hint)
{
    private static readonly FirstGrant[] All =
    [
        new(GrantType.ClientCredentials, [], null),
        new(GrantType.AuthorizationCode, ["code=THE_CODE", "code_verifier=YOUR_CODE_VERIFIER"],
            "THE_CODE comes back from the browser of a user whom your program sent to the authorization endpoint. It is good for a minute."),
        new(GrantType.DeviceCode, ["device_code=THE_DEVICE_CODE"],
            "THE_DEVICE_CODE is in the answer of the device authorization endpoint, beside the code that a user types on this portal."),
        new(GrantType.JwtBearer, ["assertion=YOUR_ASSERTION"], "YOUR_ASSERTION is a JWT of an issuer that API Support has registered for the application."),
        new(GrantType.TokenExchange, [$"subject_token_type={TokenTypes.AccessToken}", "subject_token=THE_TOKEN"],
            "THE_TOKEN is the access token of a caller in whose name your program goes on."),
    ];

    /// <summary>Null when there is none to begin with: a refresh token goes on with what another grant began.</summary>
    public static FirstGrant? Of(ApplicationFacts facts) => All.FirstOrDefault(grant => facts.GrantTypes.Contains(grant.Name)) switch
    {
        // One of several must be named; a single one need not.
        { Name: GrantType.TokenExchange } exchange when facts.ExchangeAudiences.Count > 1 => exchange with
        {
            Parameters = [.. exchange.Parameters, "audience=THE_AUDIENCE"],
            Hint = $"{exchange.Hint} THE_AUDIENCE is the API that it goes on to: {string.Join(", ", facts.ExchangeAudiences)}.",
        },
        var first => first,
    };
}
