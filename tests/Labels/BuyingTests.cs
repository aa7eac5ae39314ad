using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Labels;

namespace Gatehouse.Tests.Labels;

public sealed class BuyingTests
{
    [Fact]
    public async Task A_good_order_is_answered_with_a_label_and_its_address()
    {
        await using var server = await LabelsServer.StartAsync();

        using var response = await server.PostAsync(LabelsServer.Order());

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var label = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal($"{LabelsServer.Domestic}/{label.GetProperty("id")}", response.Headers.Location?.OriginalString);
        Assert.Equal("ground", label.GetProperty("service").GetString());
        Assert.Matches("^93001000000[0-9]{11}$", label.GetProperty("tracking_number").GetString());
        Assert.Equal("8.75", label.GetProperty("postage").GetProperty("amount").GetString());
        Assert.Equal("USD", label.GetProperty("postage").GetProperty("currency").GetString());
        Assert.Equal("2026-03-12", label.GetProperty("estimated_delivery").GetString());
        Assert.Equal("2026-03-06T09:30:00+00:00", label.GetProperty("created").GetString());
        Assert.Equal("04101", label.GetProperty("from").GetProperty("zip").GetString());
        Assert.Equal("image/svg+xml", label.GetProperty("label").GetProperty("media_type").GetString());
        Assert.Equal("svg", XElement.Parse(label.GetProperty("label").GetProperty("data").GetString()!).Name.LocalName);
    }

    [Fact]
    public async Task A_label_reads_back_as_it_was_bought()
    {
        await using var server = await LabelsServer.StartAsync();
        using var bought = await server.PostAsync(LabelsServer.Order());

        using var read = await server.GetAsync(bought.Headers.Location);

        Assert.Equal(await bought.Content.ReadAsStringAsync(), await read.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("image/svg+xml", "image/svg+xml")]
    [InlineData("image/*", "image/svg+xml")]
    [InlineData("application/json;q=0.5, image/svg+xml", "image/svg+xml")]
    [InlineData("*/*;q=0.9, application/json;q=0.1", "image/svg+xml")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json, image/svg+xml", "application/json")]
    [InlineData("text/html", "application/json")]
    [InlineData("image/svg+xml;q=0", "application/json")]
    public async Task A_label_is_read_as_a_picture_when_that_is_preferred(string accept, string expected)
    {
        await using var server = await LabelsServer.StartAsync();
        using var bought = await server.PostAsync(LabelsServer.Order());
        var label = await bought.Content.ReadFromJsonAsync<JsonElement>();

        using var read = await server.GetAsync(bought.Headers.Location, accept: accept);

        Assert.Equal(expected, read.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Accept", read.Headers.Vary.Single());
        if (expected == "image/svg+xml")
            Assert.Equal(label.GetProperty("label").GetProperty("data").GetString(), await read.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Another_applications_label_is_not_found()
    {
        await using var server = await LabelsServer.StartAsync();
        using var bought = await server.PostAsync(LabelsServer.Order());

        using var stranger = await server.GetAsync(bought.Headers.Location, client: "app-2");
        using var missing = await server.GetAsync(new($"{LabelsServer.Domestic}/lbl_0", UriKind.Relative));

        var refused = await LabelsServer.ProblemAsync(stranger, 404);
        var absent = await LabelsServer.ProblemAsync(missing, 404);
        Assert.Equal(absent.GetProperty("detail").GetString(), refused.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_call_that_does_not_say_who_calls_is_refused()
    {
        await using var server = await LabelsServer.StartAsync();
        using var bought = await server.PostAsync(LabelsServer.Order());

        using var post = await server.PostAsync(LabelsServer.Order().ToJsonString(), client: null);
        using var get = await server.GetAsync(bought.Headers.Location, client: null);
        using var empty = await server.GetAsync(bought.Headers.Location, client: "");

        await LabelsServer.ProblemAsync(post, 403);
        await LabelsServer.ProblemAsync(get, 403);
        await LabelsServer.ProblemAsync(empty, 403);
    }

    [Fact]
    public async Task The_oldest_label_is_forgotten_first()
    {
        await using var server = await LabelsServer.StartAsync(new() { Capacity = 2 });
        using var first = await server.PostAsync(LabelsServer.Order());
        using var second = await server.PostAsync(LabelsServer.Order(), client: "app-2");
        using var third = await server.PostAsync(LabelsServer.Order());

        using var readFirst = await server.GetAsync(first.Headers.Location);
        using var readSecond = await server.GetAsync(second.Headers.Location, client: "app-2");
        using var readThird = await server.GetAsync(third.Headers.Location);

        await LabelsServer.ProblemAsync(readFirst, 404);
        Assert.Equal(HttpStatusCode.OK, readSecond.StatusCode);
        Assert.Equal(HttpStatusCode.OK, readThird.StatusCode);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://192.0.2.1:8080")]
    [InlineData("https://127.0.0.1:0")]
    public void It_listens_on_plain_http_and_loopback_only(string url) =>
        Assert.Throws<ArgumentException>(() => LabelsApi.CreateApp(new() { Url = new(url) }, TimeProvider.System));

    [Fact]
    public async Task Nulls_stand_for_optional_members_that_are_not_given()
    {
        await using var server = await LabelsServer.StartAsync();
        var order = LabelsServer.Order();
        order["dimensions"] = null;
        order["to"]!["company"] = JsonNode.Parse("null");

        var label = await server.BuyAsync(order);

        Assert.False(label.TryGetProperty("dimensions", out _));
        Assert.False(label.GetProperty("to").TryGetProperty("company", out _));
    }
}
