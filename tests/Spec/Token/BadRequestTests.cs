using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Token;

public sealed class BadRequestTests(TestNode node) : IClassFixture<TestNode>
{
    [Fact, Rfc(6749, "5.2"), Requirement("6749-28", "6749-48", "6749-57")]
    public async Task A_missing_grant_type_is_refused()
    {
        var application = await node.CreateApplicationAsync();
        var answer = await node.Auth.PostTokenAsync($"client_id={application.ClientId}&client_secret={application.ClientSecret}");
        answer.IsRefused(400, "invalid_request");
        (await SendGrantAsync(string.Empty)).IsRefused(400, "invalid_request");
    }

    [Theory, Rfc(6749, "5.2"), Requirement("6749-57")]
    [InlineData("password")]
    [InlineData("urn:example:unheard-of")]
    public async Task A_grant_that_is_not_offered_is_refused(string grantType) =>
        (await SendGrantAsync(grantType)).IsRefused(400, "unsupported_grant_type");

    [Theory, Rfc(6749, "5.2"), Requirement("6749-60")]
    [InlineData("authorization_code")]
    [InlineData("refresh_token")]
    public async Task A_grant_that_the_application_may_not_use_is_refused(string grantType) =>
        (await SendGrantAsync(grantType)).IsRefused(400, "unauthorized_client");

    [Theory, Rfc(6749, "3.2")]
    [InlineData("&grant_type=client_credentials")]
    [InlineData("&client_id=somebody")]
    [InlineData("&something=a&something=b")]
    public async Task A_parameter_that_comes_twice_is_refused(string more)
    {
        var answer = await node.Auth.PostTokenAsync(TokenRequests.Form(await node.CreateApplicationAsync(), more));
        answer.IsRefused(400, "invalid_request");
    }

    [Theory, Rfc(6749, "3.2")]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16")]
    public async Task Another_content_type_is_refused(string contentType)
    {
        var answer = await node.Auth.PostTokenAsync(
            TokenRequests.Form(await node.CreateApplicationAsync()), request => request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType));
        answer.IsRefused(400, "invalid_request");
    }

    [Fact, Rfc(6749, "3.2"), Requirement("6749-30")]
    public async Task A_charset_of_UTF_8_is_fine()
    {
        var answer = await node.Auth.PostTokenAsync(
            TokenRequests.Form(await node.CreateApplicationAsync()),
            request => request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded; charset=\"UTF-8\""));
        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task A_JSON_body_is_refused()
    {
        var answer = await node.Auth.PostTokenAsync(
            """{"grant_type":"client_credentials"}""", request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/json"));
        answer.IsRefused(400, "invalid_request");
    }

    [Theory, Rfc(6749, "3.2")]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task Only_POST_is_answered(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), TokenRequests.Endpoint);
        using var response = await node.Auth.SendAsync(request);
        (await TokenAnswer.ReadAsync(response)).IsRefused(405, "invalid_request");
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Fact, Rfc(6749, "2.3.1")]
    public async Task Credentials_in_the_query_are_refused_and_the_owner_is_told()
    {
        var application = await node.CreateApplicationAsync();
        using var content = new StringContent(string.Empty, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await node.Auth.PostAsync($"{TokenRequests.Endpoint}?{TokenRequests.Form(application)}", content);
        var answer = await TokenAnswer.ReadAsync(response);

        answer.IsRefused(400, "invalid_request");
        var problem = await node.FindProblemAsync(answer.TraceId);
        Assert.Equal("parameter_in_query", problem.Code);
        Assert.DoesNotContain(application.ClientSecret, problem.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65 * 1024, true)]
    [InlineData(65 * 1024, false)]
    public async Task A_body_over_64_KiB_is_refused(int size, bool isLengthKnown)
    {
        var body = Encoding.ASCII.GetBytes(TokenRequests.Form(await node.CreateApplicationAsync(), "&padding=" + new string('a', size)));
        var answer = await node.Auth.PostTokenAsync(body, request => request.Headers.TransferEncodingChunked = !isLengthKnown);
        answer.IsRefused(413, "invalid_request");
    }

    // The server answers and closes while the client still writes: which of the two the client notices first is the network's to decide.
    [Fact]
    public async Task A_body_without_end_is_not_read_to_its_end()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, TokenRequests.Endpoint) { Content = new ByteArrayContent(new byte[64 * 1024 * 1024]) };
        request.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
        request.Headers.TransferEncodingChunked = true;
        var exception = await Record.ExceptionAsync(async () =>
        {
            using var answer = await node.Auth.SendAsync(request);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        });
        Assert.True(exception is null or HttpRequestException, exception?.ToString());
    }

    [Fact]
    public async Task A_body_of_64_KiB_is_read()
    {
        var form = TokenRequests.Form(await node.CreateApplicationAsync(), "&padding=");
        Assert.Equal(200, (await node.Auth.PostTokenAsync(form + new string('a', (64 * 1024) - form.Length))).Status);
    }

    [Theory, Rfc(6749, "B"), Requirement("6749-30")]
    [InlineData("%FF%FE")]
    [InlineData("%C0%AF")]
    [InlineData("%ED%A0%80")]
    [InlineData("%4")]
    [InlineData("%")]
    [InlineData("%zz")]
    [InlineData("%00")]
    [InlineData("a%00b")]
    [InlineData("%1B")]
    [InlineData("%7F")]
    public async Task Broken_UTF_8_broken_escapes_and_control_characters_are_refused(string value)
    {
        var application = await node.CreateApplicationAsync();
        (await node.Auth.PostTokenAsync(TokenRequests.Form(application, "&something=" + value))).IsRefused(400, "invalid_request");
        (await node.Auth.PostTokenAsync($"grant_type=client_credentials&client_id={value}&client_secret=x")).IsRefused(400, "invalid_request");
    }

    [Fact]
    public async Task Raw_bytes_that_are_no_text_are_refused()
    {
        (await node.Auth.PostTokenAsync([.. "grant_type="u8, 0xFF, 0xFE])).IsRefused(400, "invalid_request");
        (await node.Auth.PostTokenAsync([.. "grant_type="u8, 0])).IsRefused(400, "invalid_request");
    }

    [Fact]
    public async Task Too_many_parameters_are_refused()
    {
        var more = string.Concat(Enumerable.Range(0, 100).Select(i => $"&p{i}=1"));
        (await node.Auth.PostTokenAsync(TokenRequests.Form(await node.CreateApplicationAsync(), more))).IsRefused(400, "invalid_request");
    }

    [Theory, Rfc(6749, "3.3"), Requirement("6749-34")]
    [InlineData("unheard:of")]
    [InlineData("things:read%20unheard:of")]
    [InlineData("things:read++things:write")]
    [InlineData("%22quoted%22")]
    [InlineData("gatehouse.admin")]
    public async Task A_scope_that_is_unknown_malformed_or_not_contracted_is_refused(string scope)
    {
        var answer = await node.Auth.PostTokenAsync(TokenRequests.Form(await node.CreateApplicationAsync(), "&scope=" + scope));
        answer.IsRefused(400, "invalid_scope");
    }

    [Fact]
    public async Task An_answer_to_a_bad_request_reveals_nothing()
    {
        var application = await node.CreateApplicationAsync();
        var answer = await node.Auth.PostTokenAsync(TokenRequests.Form(application, "&scope=unheard:of"));
        Assert.DoesNotContain(application.ClientId, answer.Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["error", "error_description", "trace_id"], answer.Body.Select(member => member.Key));
    }

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        var answer = await node.Auth.PostTokenAsync(
            TokenRequests.Form(await node.CreateApplicationAsync()), request => request.Content!.Headers.ContentEncoding.Add("gzip"));
        answer.IsRefused((int)HttpStatusCode.BadRequest, "invalid_request");
    }

    private async Task<TokenAnswer> SendGrantAsync(string grantType)
    {
        var application = await node.CreateApplicationAsync();
        return await node.Auth.PostTokenAsync($"grant_type={Uri.EscapeDataString(grantType)}&client_id={application.ClientId}&client_secret={application.ClientSecret}");
    }
}
