using System.Globalization;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.Configuration;

/// <summary>The settings of dynamic registration. Off by default; what registered applications get must be said.</summary>
internal static class RegistrationSettings
{
    public static IReadOnlyList<string> Keys { get; } =
    [
        "Registration:Mode", "Registration:Organization", "Registration:Apis", "Registration:Scopes", "Registration:MaxApplications",
        "Registration:UnusedDays", "Registration:PerHour", "Registration:DocumentHosts", "Registration:AuthorizationDetailsTypes",
    ];

    public static RegistrationRules Read(IConfiguration values, List<string> errors)
    {
        var usual = new RegistrationRules();
        var rules = usual with
        {
            Mode = Mode(values["Registration:Mode"], errors),
            Organization = values["Registration:Organization"] ?? string.Empty,
            Apis = List(values["Registration:Apis"]),
            Scopes = Scopes(values["Registration:Scopes"], errors),
            AuthorizationDetailsTypes = List(values["Registration:AuthorizationDetailsTypes"]),
            MaxApplications = Number(values, "Registration:MaxApplications", usual.MaxApplications, 1_000_000, errors),
            UnusedFor = TimeSpan.FromDays(Number(values, "Registration:UnusedDays", (int)usual.UnusedFor.TotalDays, 3650, errors)),
            DocumentHosts = List(values["Registration:DocumentHosts"]),
            PerHour = Number(values, "Registration:PerHour", usual.PerHour, 1_000_000, errors),
        };
        if (rules.Mode is RegistrationMode.Pending or RegistrationMode.Open || rules.TakesDocuments)
        {
            if (rules.Organization.Length == 0) errors.Add("Registration:Organization: missing. Give the slug of the organization that registered applications go into.");
            if (rules.Apis.Count == 0) errors.Add("Registration:Apis: missing. Give the APIs that registered applications get, such as labels/standard.");
        }
        return rules;
    }

    private static RegistrationMode Mode(string? text, List<string> errors)
    {
        switch (text?.ToLowerInvariant())
        {
            case null or "" or "off": return RegistrationMode.Off;
            case "initial_access_token": return RegistrationMode.InitialAccessToken;
            case "pending": return RegistrationMode.Pending;
            case "open": return RegistrationMode.Open;
            default:
                errors.Add($"Registration:Mode: '{text}' is none. There are: off, initial_access_token, pending, open.");
                return RegistrationMode.Off;
        }
    }

    private static string[] List(string? text) =>
        text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static ScopeSet Scopes(string? text, List<string> errors)
    {
        if (ScopeSet.TryParse(text ?? string.Empty, out var scopes)) return scopes;
        errors.Add("Registration:Scopes: give scopes separated by single blanks.");
        return ScopeSet.Empty;
    }

    private static int Number(IConfiguration values, string key, int usual, int max, List<string> errors)
    {
        if (values[key] is not { Length: > 0 } text) return usual;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max) return number;
        errors.Add($"{key}: '{text}' is no whole number from 1 to {max}. Left out it is {usual}.");
        return usual;
    }
}
