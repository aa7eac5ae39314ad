using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.ClientAuthentication;

/// <summary>HTTP Basic, and what is no credential although it looks like one.</summary>
public sealed class BasicCredentialsTests(TestNode node) : IClassFixture<TestNode>
{
    [Theory, Rfc(7617, "2"), Rfc(6749, "2.3.1"), Requirement("6749-03", "6749-04")]
    [InlineData("a:b:c", "a", "b:c")]
    [InlineData("a:b%3Ac", "a", "b:c")]
    [InlineData("a%3Ab:c", "a:b", "c")]
    [InlineData("a+%25:%2B%2F", "a %", "+/")]
    [InlineData("%C3%A9:c", "é", "c")]
    [InlineData(":", "", "")]
    public async Task The_first_colon_divides_and_both_halves_are_decoded(string text, string user, string password)
    {
        Assert.True(BasicCredentials.TryParse("Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)), out var id, out var secret));
        Assert.Equal((user, password), (id, secret));
        var halves = text.Split(':', 2);
        (await node.Auth.PostTokenAsync("grant_type=client_credentials", request => request.UseBasic(halves[0], halves[1]))).IsRefused(401, "invalid_client");
    }

    [Theory, Rfc(9700, "4.13"), Requirement("9700-23")]
    [InlineData("X-Client-Cert")]
    [InlineData("X-SSL-Client-Cert")]
    [InlineData("X-Forwarded-Client-Cert")]
    [InlineData("Client-Cert")]
    public async Task A_certificate_that_is_only_claimed_proves_nothing(string header)
    {
        var application = await node.CreateApplicationAsync();
        var answer = await node.Auth.PostTokenAsync($"grant_type=client_credentials&client_id={application.ClientId}",
            request => request.Headers.TryAddWithoutValidation(header, $":{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(node.CertificatePem))}:"));
        answer.IsRefused(401, "invalid_client");
    }

    [Fact, Rfc(6749, "3.3"), Rfc(6749, "B"), Requirement("6749-33", "6749-73")]
    public async Task Scopes_have_a_case_and_no_order_and_a_plus_is_a_blank()
    {
        var application = await node.CreateApplicationAsync();
        foreach (var scope in (string[])["things%3Aread+things%3Awrite", "things:write%20things:read"])
        {
            var answer = await node.Auth.PostTokenAsync(TokenRequests.Form(application, "&scope=" + scope));
            var granted = (string)TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1])["scope"]!;
            Assert.Equal(["things:read", "things:write"], granted.Split(' ').Order(StringComparer.Ordinal));
        }
        (await node.Auth.PostTokenAsync(TokenRequests.Form(application, "&scope=Things:read"))).IsRefused(400, "invalid_scope");
    }
}
