using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Labels;

/// <summary>What the OpenAPI document says beyond what types, limits and doc comments already tell it.</summary>
internal static class OpenApiDescription
{
    private const string Scheme = "oauth2";

    private static readonly Dictionary<string, string> Scopes = new()
    {
        ["labels:create"] = "Buy labels",
        ["labels:read"] = "Read labels that this application bought",
    };

    public static void DescribeLabels(this OpenApiOptions options, Uri tokenUrl)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Labels API",
                Version = "1.0.0",
                Description = "Buys domestic shipping labels. A sample: the labels have no postage value and nobody is charged.",
            };
            // The caller reaches this API through the gateway; the server of the document is the one that it was fetched from.
            document.Servers = null;
            document.AddComponent(Scheme, ClientCredentials(tokenUrl));
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var type = context.JsonTypeInfo.Type;
            if (type.IsEnum)
                schema.Type = JsonSchemaType.String;
            if (Samples.TryGet(type, out var sample))
            {
                var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
                schema.Examples = [JsonSerializer.SerializeToNode(sample, json)!];
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>States which scope the gateway asks for; this API itself does not look at it.</summary>
    public static RouteHandlerBuilder RequiresScope(this RouteHandlerBuilder route, string scope) => route.Describe((operation, document) =>
    {
        operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, document)] = [scope] }];
        operation.Responses!["401"] = new OpenApiResponse { Description = "The gateway found no good access token (RFC 6750 §3)." };
        operation.Responses["403"] = new OpenApiResponse { Description = $"The token lacks {scope}, or the application a contract." };
    });

    public static RouteHandlerBuilder ProducesLocation(this RouteHandlerBuilder route) => route.Describe((operation, _) =>
    {
        var location = new OpenApiHeader { Description = "Where the label is read.", Schema = Text("uri-reference") };
        ((OpenApiResponse)operation.Responses!["201"]).Headers = new Dictionary<string, IOpenApiHeader> { ["Location"] = location };
    });

    public static RouteHandlerBuilder ProducesSvg(this RouteHandlerBuilder route) => route.Describe((operation, _) =>
        operation.Responses!["200"].Content![LabelImage.MediaType] = new() { Schema = Text() });

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, Action<OpenApiOperation, OpenApiDocument?> describe) =>
        route.AddOpenApiOperationTransformer((operation, context, _) =>
        {
            describe(operation, context.Document);
            return Task.CompletedTask;
        });

    private static OpenApiSchema Text(string? format = null) => new() { Type = JsonSchemaType.String, Format = format };

    private static OpenApiSecurityScheme ClientCredentials(Uri tokenUrl) => new()
    {
        Type = SecuritySchemeType.OAuth2,
        Description = "RFC 6749 §4.4. The gateway verifies the access token.",
        Flows = new() { ClientCredentials = new() { TokenUrl = tokenUrl, Scopes = Scopes } },
    };
}
