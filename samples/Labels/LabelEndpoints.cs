using System.ComponentModel;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Labels;

/// <summary>What the API answers to. A label belongs to the application that bought it; to any other it does not exist.</summary>
internal static class LabelEndpoints
{
    public const string Path = "/labels/domestic";

    private const string Tag = "Labels";
    private const string ClientIdHeader = "X-Gatehouse-Client-Id";
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };
    private static readonly MediaTypeHeaderValue Json = new(MediaTypeNames.Application.Json);
    private static readonly MediaTypeHeaderValue Svg = new(LabelImage.MediaType);

    public static void MapLabels(this IEndpointRouteBuilder app)
    {
        app.MapPost(Path, Create)
            .WithTags(Tag)
            .WithName("createLabel")
            .RequiresScope("labels:create")
            .Accepts<LabelRequest>(MediaTypeNames.Application.Json)
            .Produces<Label>(StatusCodes.Status201Created)
            .ProducesLocation()
            .Produces<InvalidRequest>(StatusCodes.Status422UnprocessableEntity, MediaTypeNames.Application.ProblemJson)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        app.MapGet($"{Path}/{{id}}", Read)
            .WithTags(Tag)
            .WithName("readLabel")
            .RequiresScope("labels:read")
            .Produces<Label>()
            .ProducesSvg()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>Buy a domestic shipping label.</summary>
    /// <remarks>
    /// Answers with the label: tracking number, postage and an SVG to print at 4 by 6 inches. The body is at most 64 KiB; members that
    /// are not listed here are refused.
    /// </remarks>
    internal static async Task<IResult> Create(HttpContext http, LabelStore store, IOptions<JsonOptions> json, TimeProvider clock)
    {
        if (!TryGetCaller(http, out var caller))
            return Problems.NotThroughGateway();
        var (request, problem) = await ReadOrderAsync(http.Request, json.Value.SerializerOptions);
        if (request is null)
            return problem!;

        var label = Label.Buy(request, clock.GetUtcNow());
        store.Add(caller, label);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"{Path}/{label.Id}", label);
    }

    /// <summary>Read a label that was bought.</summary>
    /// <remarks>With <c>Accept: image/svg+xml</c> the answer is the picture alone. Only the newest labels are remembered.</remarks>
    internal static IResult Read([Description("The `id` of the label.")] string id, HttpContext http, LabelStore store)
    {
        if (!TryGetCaller(http, out var caller))
            return Problems.NotThroughGateway();
        if (!store.TryFind(caller, id, out var label))
            return Problems.NotFound();

        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Vary = HeaderNames.Accept;
        if (!PrefersSvg(http.Request))
            return TypedResults.Ok(label);

        // A browser that opens the picture runs nothing in it and takes it for nothing else.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Text(LabelImage.Draw(label), LabelImage.MediaType);
    }

    private static bool TryGetCaller(HttpContext http, out string caller)
    {
        var values = http.Request.Headers[ClientIdHeader];
        caller = values.ToString();
        return values.Count == 1 && caller.Length is > 0 and <= 256;
    }

    private static async Task<(LabelRequest? Request, IResult? Problem)> ReadOrderAsync(HttpRequest http, JsonSerializerOptions json)
    {
        if (!IsJson(http))
            return (null, Problems.NotJson());
        try
        {
            using var body = await ParseAsync(http);
            var reader = new RequestReader(json);
            return reader.TryRead<LabelRequest>(body.RootElement, out var request)
                ? (request, null)
                : (null, Problems.Invalid(reader.Errors));
        }
        catch (BadHttpRequestException fault)
        {
            return (null, Problems.Unreadable(fault));
        }
        catch (JsonException fault)
        {
            return (null, Problems.Malformed(fault.Message));
        }
    }

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(Json.MediaType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static async Task<JsonDocument> ParseAsync(HttpRequest http)
    {
        using var body = new MemoryStream();
        await http.Body.CopyToAsync(body, http.HttpContext.RequestAborted);
        if (!Utf8.IsValid(body.GetBuffer().AsSpan(0, (int)body.Length)))
            throw new JsonException("The body is not UTF-8.");
        try
        {
            body.Position = 0;
            return JsonDocument.Parse(body, Strict);
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("The name of a member is not text: it holds half a surrogate pair.");
        }
    }

    // RFC 9110 §12.5.1: the most specific range that covers a type decides; JSON unless the picture is wanted more.
    private static bool PrefersSvg(HttpRequest request)
    {
        var accept = request.GetTypedHeaders().Accept;
        return Quality(Svg) > Quality(Json);

        double Quality(MediaTypeHeaderValue offered) => accept
            .Where(offered.IsSubsetOf)
            .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault();
    }
}
