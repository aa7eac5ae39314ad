using System.Buffers;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Forwarding;

/// <summary>
/// What of the caller's headers goes no further: the token stays here (RFC 9110 §11.6.2), the caller's identity is stated by us alone, and whatever
/// the caller sent under our names, in any spelling a server might fold into them, is gone. It goes before anything is copied, because what the
/// HTTP client holds is parsed when it is looked through (3 µs for a usual call).
/// </summary>
internal static class CallerHeaders
{
    private const string OwnCookies = "__Host-gatehouse-";
    private const int UsualLength = 64;

    // All begin with one of a few letters, so that most headers are let pass by their first one.
    private static readonly string[] Prefixes =
    [
        "X-Gatehouse-", "X-Forwarded-",
        // What proxies say that a call was before: its address, host, method, path.
        "X-Original-",
        // RFC 9440 §2.4, and what proxies called it before: an upstream may trust any of them.
        "Client-Cert", "X-Client-Cert", "X-SSL-Client", "SSL-Client-", "X-Amzn-Mtls-",
    ];

    private static readonly string[] Names =
    [
        "Forwarded", "X-Forwarded", "Forwarded-For", "Authorization", "DPoP", "X-ARR-ClientCert",
        // What was decided about is the method and the path of the call: no header may name others to the upstream.
        "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Rewrite-URL",
        // The caller's address, under the names that upstreams take it from.
        "X-Real-IP", "X-Client-IP", "Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP", "Fastly-Client-IP", "X-Remote-IP",
        "X-Remote-Addr", "X-Originating-IP",
        "Proxy", // CGI makes it HTTP_PROXY, which programs obey.
    ];

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> NamesByText =
        Names.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> FirstLetters = SearchValues.Create(
        [.. Names.Concat(Prefixes).SelectMany(name => new[] { char.ToUpperInvariant(name[0]), char.ToLowerInvariant(name[0]) }).Distinct()]);

    private static readonly SearchValues<char> Unfolded = SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Takes out of the request what the upstream is not to see.</summary>
    public static void Withhold(IHeaderDictionary headers)
    {
        headers.Authorization = default;
        headers.Host = default; // The upstream has its own name.
        List<string>? ours = null;
        foreach (var (name, _) in headers)
            if (IsOurs(name)) (ours ??= []).Add(name);
        if (ours is not null)
            foreach (var name in ours) headers.Remove(name);
        WithholdCookies(headers);
    }

    /// <summary>Takes out of the answer the cookies under the names of this server's own.</summary>
    public static void WithholdAnswered(IHeaderDictionary headers)
    {
        if (headers.SetCookie.Count == 0 || !headers.SetCookie.Any(cookie => IsOurCookie(cookie))) return;
        headers.SetCookie = headers.SetCookie.Where(cookie => !IsOurCookie(cookie)).ToArray();
    }

    // Gateway and portal may share a host: the session of a person is not the upstream's to see, nor to set.
    private static void WithholdCookies(IHeaderDictionary headers)
    {
        if (headers.Cookie.Count == 0) return;
        var all = headers.Cookie.SelectMany(value => (value ?? string.Empty).Split(';', StringSplitOptions.TrimEntries)).ToList();
        var others = all.Where(cookie => !IsOurCookie(cookie)).ToList();
        if (others.Count < all.Count) headers.Cookie = others.Count == 0 ? default : string.Join("; ", others);
    }

    // A cookie without a name may be read as one by its value.
    private static bool IsOurCookie(string? cookie) => cookie.AsSpan().TrimStart(" \t=").StartsWith(OwnCookies, StringComparison.OrdinalIgnoreCase);

    // CGI and its heirs fold '_' and '-' into one, others every character that a variable cannot have: X_Gatehouse.Subject must not survive.
    private static bool IsOurs(string name)
    {
        if (name.Length == 0 || !FirstLetters.Contains(name[0])) return false;
        if (!name.AsSpan().ContainsAnyExcept(Unfolded)) return IsNamed(name);
        var folded = name.Length <= UsualLength ? stackalloc char[name.Length] : new char[name.Length];
        for (var i = 0; i < folded.Length; i++) folded[i] = char.IsAsciiLetterOrDigit(name[i]) ? name[i] : '-';
        return IsNamed(folded);
    }

    private static bool IsNamed(ReadOnlySpan<char> folded)
    {
        if (NamesByText.Contains(folded)) return true;
        foreach (var prefix in Prefixes)
            if (folded.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
