using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Gatehouse.Admin.Description;

/// <summary>The OpenAPI 3.1 document of the Admin API, open to everybody: it says nothing about any organization.</summary>
internal static class AdminDescription
{
    private const string Document = "gatehouse-admin";
    private const string SecurityScheme = "oauth2";

    private static readonly Dictionary<string, string> Scopes = new() { [AdminOptions.Scope] = "Manage everything in the organization." };

    public static void AddAdminDescription(this IServiceCollection services, AdminOptions options) => services.AddOpenApi(Document, document =>
    {
        document.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // The host has other routes, and other documents must not pick up these.
        document.ShouldInclude = route => route.RelativePath?.StartsWith(AdminOptions.BasePath[1..] + "/", StringComparison.Ordinal) == true;
        document.AddDocumentTransformer((description, _, _) =>
        {
            Describe(description, options);
            return Task.CompletedTask;
        });
        document.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type.IsEnum) schema.Type = JsonSchemaType.String;
            if (context.JsonTypeInfo.Type == typeof(JsonElement)) schema.Type = JsonSchemaType.Object;
            return Task.CompletedTask;
        });
        document.AddOperationTransformer((operation, _, _) =>
        {
            Complete(operation);
            return Task.CompletedTask;
        });
    });

    public static void MapAdminDescription(this IEndpointRouteBuilder endpoints)
    {
        // Written once: everybody may ask, and building it takes thousands of times the work of sending it.
        var written = new Lazy<Task<byte[]>>(() => WriteAsync(endpoints.ServiceProvider));
        endpoints.MapGet(AdminOptions.BasePath + "/openapi.json",
            async () => TypedResults.Bytes(await written.Value, "application/json")).ExcludeFromDescription();
    }

    private static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var document = await scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document).GetOpenApiDocumentAsync();
        using var output = new MemoryStream();
        await document.SerializeAsJsonAsync(output, OpenApiSpecVersion.OpenApi3_1);
        return output.ToArray();
    }

    private static void Describe(OpenApiDocument document, AdminOptions options)
    {
        document.Info = new()
        {
            Title = "Gatehouse Admin API", Version = "1",
            Description = "Manages the applications, contracts and APIs of one organization: that of the calling application. "
                + "Everything that belongs to another organization is 404. Bodies use the names of RFC 7591; unknown members are ignored. "
                + "Errors are problem details (RFC 9457) with a trace_id, under which the server's log has the exact cause.",
        };
        document.Servers = null; // Wherever this document was fetched from.
        document.AddComponent(SecurityScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.OAuth2, Description = "An application with an approved contract for this API (RFC 6749 §4.4, RFC 6750).",
            Flows = new() { ClientCredentials = new() { TokenUrl = options.TokenEndpoint, Scopes = Scopes } },
        });
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>()))
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(SecurityScheme, document)] = [AdminOptions.Scope] }];
    }

    private static void Complete(OpenApiOperation operation)
    {
        // The framework reads numbers in quotes from a query and says so of every number; a caller has no use for that.
        foreach (var schema in (operation.Parameters ?? []).Select(parameter => parameter.Schema).OfType<OpenApiSchema>())
            if (schema.Type?.HasFlag(JsonSchemaType.Integer) == true) (schema.Type, schema.Pattern) = (JsonSchemaType.Integer, null);
        foreach (var (status, response) in operation.Responses ?? []) response.Description = Meaning(status) ?? response.Description;
    }

    private static string? Meaning(string status) => status switch
    {
        "400" => "The body is no JSON object, a parameter has the wrong type, or the access token is in the wrong place.",
        "401" => "No access token, or one that is expired, revoked, malformed or meant for another API.",
        "403" => "The token lacks the scope, or the application an approved contract.",
        "404" => "It does not exist in this organization.",
        "409" => "The present state does not allow it.",
        "413" => $"The body has more than {AdminOptions.MaxBodyBytes} bytes.",
        "415" => "The body is not application/json.",
        "422" => "An input breaks a rule; errors names it.",
        "503" => "The store cannot be asked at the moment: try again after the seconds of Retry-After.",
        _ => null,
    };
}
