using System.Net.Http.Headers;
using System.Text;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>What is no body at all.</summary>
public sealed class BodyTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"client_name":"a","client_name":"b"}""")]
    [InlineData("""{"client_name":"a"} trailing""")]
    [InlineData("""{"client_name":"a",}""")]
    [InlineData("""{"x":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}""")]
    public async Task A_body_that_is_not_one_strict_JSON_object_is_refused(string body) => (await PostAsync(Encoding.UTF8.GetBytes(body), "application/json")).AssertRefused(400);

    [Fact]
    public async Task Invalid_UTF_8_is_refused() =>
        (await PostAsync([.. "{\"client_name\":\""u8, 0xC3, 0x28, .. "\"}"u8], "application/json")).AssertRefused(400);

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    public async Task Another_content_type_is_refused(string mediaType) => (await PostAsync("{\"client_name\":\"a\"}"u8.ToArray(), mediaType)).AssertRefused(415);

    [Fact]
    public async Task A_body_over_64_KiB_is_refused() =>
        (await PostAsync(Encoding.UTF8.GetBytes($$"""{"client_name":"a","x":"{{new string('x', 70_000)}}"}"""), "application/json")).AssertRefused(413);

    private Task<AdminAnswer> PostAsync(byte[] body, string mediaType) => house.SendAsync(HttpMethod.Post, "/applications", change: request =>
    {
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
    });
}
