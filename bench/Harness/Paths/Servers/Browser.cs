using System.Net;
using System.Text.RegularExpressions;
using System.Web;

namespace Gatehouse.Bench.Harness.Paths.Servers;

/// <summary>A browser without a screen: keeps cookies, follows redirects within the server, and sends the form of a page.</summary>
internal sealed partial class Browser(HttpClient http)
{
    private const int MostRedirects = 10;

    /// <summary>The code in the address that the server sends the browser to.</summary>
    public static string CodeOf(Uri location) => HttpUtility.ParseQueryString(location.Query)["code"]
        ?? throw new BenchException($"There is no code: {location}");

    /// <summary>Goes on until a page, or until it is sent to the application.</summary>
    public Task<Visit> VisitAsync(Uri url, CancellationToken cancellation) => VisitAsync(url, MostRedirects, cancellation);

    /// <summary>Sends the form of a page to its own address.</summary>
    public async Task<Visit> SendAsync(Visit page, IReadOnlyDictionary<string, string> fields, CancellationToken cancellation)
    {
        var token = FormToken().Match(page.Body);
        if (!token.Success) throw new BenchException($"{page.Url} has no form: {page.Body}");
        using var content = new FormUrlEncodedContent(fields.Append(KeyValuePair.Create("form_token", token.Groups[1].Value)));
        using var answer = await http.PostAsync(page.Url, content, cancellation);
        return await FollowAsync(page.Url, answer, MostRedirects, cancellation);
    }

    private async Task<Visit> VisitAsync(Uri url, int redirects, CancellationToken cancellation)
    {
        if (redirects == 0) throw new BenchException($"The server sends the browser in circles: {url}");
        using var answer = await http.GetAsync(url, cancellation);
        return await FollowAsync(url, answer, redirects, cancellation);
    }

    private async Task<Visit> FollowAsync(Uri url, HttpResponseMessage answer, int redirects, CancellationToken cancellation)
    {
        if (answer.Headers.Location is { } location)
        {
            var next = new Uri(url, location);
            return next.Authority == url.Authority ? await VisitAsync(next, redirects - 1, cancellation) : new Visit(next, string.Empty, null) { IsAway = true };
        }
        var body = await answer.Content.ReadAsStringAsync(cancellation);
        if (answer.StatusCode != HttpStatusCode.OK) throw new BenchException($"{url} answered {(int)answer.StatusCode}: {body}");
        var refresh = answer.Headers.TryGetValues("Refresh", out var values) ? values.Single().Split("url=")[1] : null;
        return new Visit(url, body, refresh is null ? null : new Uri(url, refresh));
    }

    [GeneratedRegex("name=\"form_token\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}

/// <summary>Where the browser has come to.</summary>
/// <param name="Refresh">Where the page sends on to by itself.</param>
internal sealed record Visit(Uri Url, string Body, Uri? Refresh)
{
    /// <summary>It was sent to another server: to the application.</summary>
    public bool IsAway { get; init; }
}
