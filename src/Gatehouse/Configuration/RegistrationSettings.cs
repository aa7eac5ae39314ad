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

    public static RegistrationRules Read(Settings settings)
    {
        var usual = new RegistrationRules();
        var rules = usual with
        {
            Mode = Mode(settings),
            Organization = settings["Registration:Organization"] ?? string.Empty,
            Apis = settings.List("Registration:Apis"),
            Scopes = Scopes(settings),
            AuthorizationDetailsTypes = settings.List("Registration:AuthorizationDetailsTypes"),
            MaxApplications = (int)settings.Number("Registration:MaxApplications", usual.MaxApplications, 1, 1_000_000),
            UnusedFor = TimeSpan.FromDays((int)settings.Number("Registration:UnusedDays", (int)usual.UnusedFor.TotalDays, 1, 3650)),
            DocumentHosts = settings.List("Registration:DocumentHosts"),
            PerHour = (int)settings.Number("Registration:PerHour", usual.PerHour, 1, 1_000_000),
        };
        if (rules.Mode is RegistrationMode.Pending or RegistrationMode.Open || rules.TakesDocuments)
        {
            if (rules.Organization.Length == 0) settings.Add("Registration:Organization: missing. Give the slug of the organization that registered applications go into.");
            if (rules.Apis.Count == 0) settings.Add("Registration:Apis: missing. Give the APIs that registered applications get, such as labels/standard.");
        }
        return rules;
    }

    private static RegistrationMode Mode(Settings settings)
    {
        var text = settings["Registration:Mode"];
        switch (text?.ToLowerInvariant())
        {
            case null or "" or "off": return RegistrationMode.Off;
            case "initial_access_token": return RegistrationMode.InitialAccessToken;
            case "pending": return RegistrationMode.Pending;
            case "open": return RegistrationMode.Open;
            default:
                settings.Add($"Registration:Mode: '{text}' is none. There are: off, initial_access_token, pending, open.");
                return RegistrationMode.Off;
        }
    }

    private static ScopeSet Scopes(Settings settings)
    {
        if (ScopeSet.TryParse(settings["Registration:Scopes"] ?? string.Empty, out var scopes)) return scopes;
        settings.Add("Registration:Scopes: give scopes separated by single blanks.");
        return ScopeSet.Empty;
    }
}
