using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Labels;

public sealed class RefusalTests
{
    [Fact]
    public async Task Everything_that_is_wrong_is_reported_at_once()
    {
        await using var server = await LabelsServer.StartAsync();

        using var response = await server.PostAsync(
            """
            {
              "from": { "name": "", "street1": "1 Elm\nStreet", "city": 7, "state": "me", "zip": "4101", "a/b~c": true },
              "to": [],
              "weight": { "value": 1121, "unit": "oz" },
              "dimensions": { "length": 60, "width": 20, "height": 5, "unit": "in" },
              "colour": "red"
            }
            """);

        var problem = await LabelsServer.ProblemAsync(response, 422);
        Assert.Equal(
            [
                "/from/name: must have 1 to 40 characters",
                "/from/street1: must be one line of printable text that does not begin with a blank",
                "/from/city: must be a string",
                "/from/zip: must be five digits, or five, a hyphen and four",
                "/from/a~1b~0c: is not a member of this object",
                "/to: must be an object",
                "/weight: is more than 70 lb (1120 oz, 31751 g)",
                "/dimensions: length plus girth is more than 108 in (274.32 cm)",
                "/service: is required",
                "/colour: is not a member of this object",
            ],
            Errors(problem).Where(error => !error.StartsWith("/from/state", StringComparison.Ordinal)));
        Assert.Contains(Errors(problem), error => error.StartsWith("/from/state: must be one of AL, AK,", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("to/name", "\"\\ud800\"")]
    [InlineData("to/name", "\"a\\u0000b\"")]
    [InlineData("to/name", "\"a\\u202eb\"")]
    [InlineData("to/name", "\"a\\uffffb\"")]
    [InlineData("to/name", "\"   \"")]
    [InlineData("to/name", "\"abcdefghijklmnopqrstuvwxyzabcdefghijklmno\"")]
    [InlineData("to/city", "\"abcdefghijklmnopqrstuvwxyzabcde\"")]
    [InlineData("to/zip", "\"80304-\"")]
    [InlineData("to/zip", "\"80304\\n\"")]
    [InlineData("to/zip", "80304")]
    [InlineData("to/state", "\"XX\"")]
    [InlineData("to/state", "0")]
    [InlineData("weight/value", "0")]
    [InlineData("weight/value", "-3")]
    [InlineData("weight/value", "1e400")]
    [InlineData("weight/value", "\"12\"")]
    [InlineData("weight/unit", "\"lb\"")]
    [InlineData("weight", "12")]
    [InlineData("service", "\"Ground\"")]
    [InlineData("service", "null")]
    public async Task A_value_out_of_its_limits_is_refused_by_its_pointer(string path, string value)
    {
        await using var server = await LabelsServer.StartAsync();
        var order = LabelsServer.Order().ToJsonString();
        using var document = JsonDocument.Parse(order);
        var old = path.Split('/').Aggregate(document.RootElement, (node, name) => node.GetProperty(name)).GetRawText();
        var name = path.Split('/')[^1];
        var at = order.LastIndexOf($"\"{name}\":{old}", StringComparison.Ordinal) + name.Length + 3;

        using var response = await server.PostAsync(string.Concat(order.AsSpan(0, at), value, order.AsSpan(at + old.Length)));

        var problem = await LabelsServer.ProblemAsync(response, 422);
        Assert.StartsWith($"/{path}: ", Assert.Single(Errors(problem)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{ \"service\": \"ground\", \"service\": \"express\" }")]
    [InlineData("{ \"\\ud800\": 1 }")]
    [InlineData("[[[[[[[[[]]]]]]]]]")]
    public async Task What_is_not_one_plain_JSON_value_is_malformed(string body)
    {
        await using var server = await LabelsServer.StartAsync();

        using var response = await server.PostAsync(body);

        Assert.NotEmpty((await LabelsServer.ProblemAsync(response, 400)).GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_malformed()
    {
        await using var server = await LabelsServer.StartAsync();
        using var content = new ByteArrayContent([.. "{\"service\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        content.Headers.Add("X-Gatehouse-Client-Id", "app-1");

        using var response = await server.Http.PostAsync(new Uri(LabelsServer.Domestic, UriKind.Relative), content);

        await LabelsServer.ProblemAsync(response, 400);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"ground\"")]
    public async Task A_body_that_is_no_object_is_refused_as_a_whole(string body)
    {
        await using var server = await LabelsServer.StartAsync();

        using var response = await server.PostAsync(body);

        Assert.Equal([": must be an object"], Errors(await LabelsServer.ProblemAsync(response, 422)));
    }

    [Fact]
    public async Task A_hundred_faults_are_enough()
    {
        await using var server = await LabelsServer.StartAsync();
        var order = new JsonObject(Enumerable.Range(0, 1_000).Select(i => KeyValuePair.Create<string, JsonNode?>($"m{i}", i)));

        using var response = await server.PostAsync(order);

        Assert.Equal(100, Errors(await LabelsServer.ProblemAsync(response, 422)).Count());
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("application/json", "utf-16")]
    [InlineData(null, null)]
    public async Task A_body_of_another_media_type_is_refused(string? mediaType, string? charset)
    {
        await using var server = await LabelsServer.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(LabelsServer.Order().ToJsonString()));
        content.Headers.ContentType = mediaType is null ? null : new MediaTypeHeaderValue(mediaType) { CharSet = charset };
        content.Headers.Add("X-Gatehouse-Client-Id", "app-1");

        using var response = await server.Http.PostAsync(new Uri(LabelsServer.Domestic, UriKind.Relative), content);

        await LabelsServer.ProblemAsync(response, 415);
    }

    [Theory]
    [InlineData(64 * 1024, 201)]
    [InlineData(64 * 1024 + 1, 413)]
    public async Task A_body_may_have_64_KiB(int bytes, int status)
    {
        await using var server = await LabelsServer.StartAsync();

        using var response = await server.PostAsync(LabelsServer.Order().ToJsonString().PadRight(bytes));

        Assert.Equal(status, (int)response.StatusCode);
        if (status != 201)
            await LabelsServer.ProblemAsync(response, status);
    }

    [Fact]
    public async Task Other_methods_and_paths_are_answered_with_problems()
    {
        await using var server = await LabelsServer.StartAsync();

        using var method = await server.GetAsync(new(LabelsServer.Domestic, UriKind.Relative));
        using var path = await server.GetAsync(new("/labels/international", UriKind.Relative));

        var problem = await LabelsServer.ProblemAsync(method, 405);
        Assert.NotEmpty(problem.GetProperty("trace_id").GetString()!);
        await LabelsServer.ProblemAsync(path, 404);
    }

    private static IEnumerable<string> Errors(JsonElement problem) =>
        problem.GetProperty("errors").EnumerateArray().Select(error => $"{error.GetProperty("pointer")}: {error.GetProperty("message")}");
}
