using System.Net;
using System.Text.RegularExpressions;

namespace Gatehouse.Tests.Shared;

/// <summary>Where a journey of the browser ended.</summary>
/// <param name="Url">A page of this machine, or the address of another one that the browser was sent to.</param>
/// <param name="Fields">What it would have posted to another machine; empty when it would have come by GET.</param>
/// <param name="Page">The page; empty when it is another machine's.</param>
internal sealed record Arrival(string Url, IReadOnlyDictionary<string, string> Fields, string Page);

/// <summary>
/// A person with a browser that runs no script: follows redirects on this machine, signs in and allows when asked, and sends on the forms that
/// send themselves. Addresses of other machines are never called.
/// </summary>
internal sealed partial class Person(string caFile, string portal, Account account) : IDisposable
{
    private const int MaxSteps = 25;

    private readonly HttpClient _http = TrustingHttp.Create(caFile);

    public void Dispose() => _http.Dispose();

    /// <param name="url">An address, or a path of the portal.</param>
    /// <param name="decision">The button that is pressed when an application wants something.</param>
    public async Task<Arrival> VisitAsync(string url, string decision = "allow")
    {
        var request = Get(new Uri(new Uri(portal), url));
        for (var step = 0; step < MaxSteps; step++)
        {
            var here = request.RequestUri!;
            using var answer = await SendAsync(request);
            if (answer.Headers.Location is { } location)
            {
                var target = new Uri(here, location.OriginalString);
                if (!IsHere(target)) return new Arrival(target.AbsoluteUri, new Dictionary<string, string>(), string.Empty);
                request = Get(target);
                continue;
            }
            var page = await answer.Content.ReadAsStringAsync();
            if (answer.Headers.TryGetValues("Refresh", out var refresh))
            {
                request = Get(new Uri(here, refresh.Single().Split("url=")[1]));
                continue;
            }
            if (FindForm(page) is not { } form) return new Arrival(here.AbsoluteUri, new Dictionary<string, string>(), page);
            var (action, fields) = Fill(form, here, decision);
            if (!IsHere(action)) return new Arrival(action.AbsoluteUri, fields, string.Empty);
            request = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(fields) };
        }
        throw new InvalidOperationException($"{url} leads nowhere; the last step was {request.RequestUri}.");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            var answer = await _http.SendAsync(request);
            if ((int)answer.StatusCode < 400) return answer;
            using (answer)
                throw new InvalidOperationException($"{request.Method} {request.RequestUri} answers {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    // The one form of the page that wants something of a person, or that sends itself.
    private static string? FindForm(string page) => Forms().Matches(page).Select(match => match.Value).FirstOrDefault(form =>
        form.Contains("name=\"decision\"", StringComparison.Ordinal) || form.Contains("name=\"Password\"", StringComparison.Ordinal)
        || page.Contains("document.forms[0].submit()", StringComparison.Ordinal));

    private (Uri Action, Dictionary<string, string> Fields) Fill(string form, Uri page, string decision)
    {
        var fields = Inputs().Matches(form).Select(match => match.Value).Where(input => input.Contains("type=\"hidden\"", StringComparison.Ordinal))
            .ToDictionary(input => Attribute(input, "name")!, input => Attribute(input, "value") ?? string.Empty);
        if (form.Contains("name=\"Password\"", StringComparison.Ordinal)) (fields["Email"], fields["Password"]) = (account.Email, account.Password);
        if (form.Contains("name=\"decision\"", StringComparison.Ordinal)) fields["decision"] = decision;
        return (new Uri(page, Attribute(form, "action") ?? page.PathAndQuery), fields);
    }

    private static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $"^<[^>]*? {name}=[\"']([^\"']*)[\"']") is { Success: true } found ? WebUtility.HtmlDecode(found.Groups[1].Value) : null;

    private static HttpRequestMessage Get(Uri url) => new(HttpMethod.Get, url);

    private static bool IsHere(Uri url) => url.Host == "localhost";

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Inputs();
}
