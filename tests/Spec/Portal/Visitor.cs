using System.Net;
using System.Text.RegularExpressions;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Portal;

/// <summary>A browser without a screen: keeps the cookies it is given, sends forms with their hidden field, and follows no redirect.</summary>
internal sealed partial class Visitor(TestNode node)
{
    private readonly CookieContainer _cookies = new();

    /// <summary>Signs in and returns the answer of the form.</summary>
    public Task<HttpResponseMessage> SignInAsync(string email, string password) =>
        PostAsync("/exchange/portals/org/sign-in", ("Email", email), ("Password", password));

    public async Task<HttpResponseMessage> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request);
    }

    /// <summary>Reads the page at the path, and sends its form with these fields to the same path.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) => PostFromAsync(path, path, fields);

    /// <summary>Takes the form token of one page and sends fields to another path, as a button does.</summary>
    public async Task<HttpResponseMessage> PostFromAsync(string page, string path, params (string Name, string Value)[] fields)
    {
        using var shown = await GetAsync(page);
        var token = FormToken().Match(await shown.Content.ReadAsStringAsync());
        Assert.True(token.Success, $"{page} answers {(int)shown.StatusCode} and has no form.");
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(
                fields.Append(("form_token", token.Groups[1].Value)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))),
        };
        return await SendAsync(request);
    }

    /// <summary>Sends fields with the cookies and without the form token, as another site's form would.</summary>
    public async Task<HttpResponseMessage> PostUnprotectedAsync(string path, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        return await SendAsync(request);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        var url = new Uri(node.Auth.BaseAddress!, request.RequestUri!);
        if (_cookies.GetCookieHeader(url) is { Length: > 0 } cookies) request.Headers.Add("Cookie", cookies);
        var answer = await node.Auth.SendAsync(request);
        if (answer.Headers.TryGetValues("Set-Cookie", out var made))
            foreach (var cookie in made) _cookies.SetCookies(url, cookie);
        return answer;
    }

    [GeneratedRegex("name=\"form_token\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
