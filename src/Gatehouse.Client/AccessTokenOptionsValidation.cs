namespace Gatehouse.Client;

/// <summary>Says everything that is wrong with the options at once. Values are named, never shown: one of them is a secret.</summary>
internal static class AccessTokenOptionsValidation
{
    private const int LongestClientId = 256;
    private const int LongestSecret = 1024;
    private const int LongestScope = 4096;

    public static void ThrowIfInvalid(AccessTokenOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = Credentials(options).Concat(Addresses(options)).Concat(Timing(options)).Concat(Transport(options)).ToList();
        if (errors.Count > 0)
            throw new ArgumentException("The access token options are not usable: " + string.Join(" ", errors), nameof(options));
    }

    // `required` stops a forgotten member, not a null from code compiled without nullable checks: hence the null patterns below.
    private static IEnumerable<string> Credentials(AccessTokenOptions options)
    {
        if (!IsPrintable(options.ClientId, LongestClientId))
            yield return $"ClientId must be 1 to {LongestClientId} printable ASCII characters.";
        if (!IsPrintable(options.ClientSecret?.Value, LongestSecret))
            yield return $"ClientSecret must be 1 to {LongestSecret} printable ASCII characters (a line end left over from a file?).";
        if (options.Scope is { } scope && !IsScope(scope))
            yield return "Scope must be scope names separated by single blanks (RFC 6749 §3.3), or null.";
        if (!Enum.IsDefined(options.ClientAuthentication))
            yield return "ClientAuthentication must be one of the defined methods.";
    }

    private static IEnumerable<string> Addresses(AccessTokenOptions options)
    {
        if (Origin.Of(options.TokenEndpoint) is null || options.TokenEndpoint is not { UserInfo: "", Fragment: "" })
            yield return "TokenEndpoint must be an absolute https address without user name and fragment.";
        if (options.ApiOrigins is not { Count: > 0 } origins)
            yield return "ApiOrigins must name at least one API that the token may be sent to.";
        else if (!origins.All(IsOrigin))
            yield return "ApiOrigins must be absolute https addresses without user name, path, query and fragment.";
    }

    private static IEnumerable<string> Timing(AccessTokenOptions options)
    {
        if (options.RefreshMargin < TimeSpan.Zero || options.RefreshMargin > TimeSpan.FromDays(1))
            yield return "RefreshMargin must be between zero and one day.";
        if (options.TokenRequestTimeout < TimeSpan.FromMilliseconds(1) || options.TokenRequestTimeout > TimeSpan.FromMinutes(5))
            yield return "TokenRequestTimeout must be between 1 ms and 5 minutes.";
        if (options.TimeProvider is null)
            yield return "TimeProvider must not be null.";
    }

    private static IEnumerable<string> Transport(AccessTokenOptions options)
    {
        if (Redirects.AreFollowedBy(options.TokenRequestHandler))
            yield return "TokenRequestHandler must not follow redirects: set AllowAutoRedirect = false.";
    }

    private static bool IsPrintable(string? text, int limit) =>
        text is { Length: > 0 } && text.Length <= limit && text.All(c => c is >= ' ' and <= '~');

    private static bool IsScope(string scope) =>
        scope.Length <= LongestScope
        && scope.Split(' ').All(name => name.Length > 0 && name.All(c => c is >= '!' and <= '~' and not ('"' or '\\')));

    private static bool IsOrigin(Uri? address) =>
        Origin.Of(address) is not null && address is { UserInfo: "", PathAndQuery: "/", Fragment: "" };
}
