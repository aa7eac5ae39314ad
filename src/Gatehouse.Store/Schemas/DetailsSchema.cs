using System.Text.Json;
using Json.Schema;

namespace Gatehouse.Store.Schemas;

/// <summary>
/// The JSON Schema (2020-12) that the objects of one type of authorization details must match. The library sees only schemas that
/// <see cref="DetailsSchemaRules"/> let through: nothing is fetched, nothing recurs, and patterns take linear time. Thread-safe.
/// </summary>
public sealed class DetailsSchema
{
    /// <summary>The most characters of a schema.</summary>
    public const int MaxLength = 8192;

    private static readonly Lazy<Dialect> Known = new(MakeDialect);
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.Flag, RequireFormatValidation = true };

    private readonly JsonSchema _schema;

    private DetailsSchema(JsonSchema schema) => _schema = schema;

    /// <summary>What is wrong with a schema, in words; null when it can be used.</summary>
    public static string? Check(string text)
    {
        if (DetailsSchemaRules.Check(text) is { } fault) return fault;
        try
        {
            Build(text).Matches(JsonElement.Parse("{}"));
            return null;
        }
        catch (Exception exception) when (exception is JsonSchemaException or RefResolutionException or ArgumentException or InvalidOperationException)
        {
            return "The schema is not JSON Schema 2020-12: " + Printable(exception.Message);
        }
    }

    /// <summary>Makes a schema that was checked when it was registered usable.</summary>
    public static DetailsSchema Of(string text) => Build(text);

    public bool Matches(JsonElement value) => _schema.Evaluate(value, Options).IsValid;

    // A registry of its own: the shared one would keep every schema there ever was.
    private static DetailsSchema Build(string text) =>
        new(JsonSchema.FromText(text, new BuildOptions { Dialect = Known.Value, SchemaRegistry = new SchemaRegistry(), DialectRegistry = new DialectRegistry() }));

    private static Dialect MakeDialect()
    {
        var keywords = new[] { Vocabulary.Draft202012_Core, Vocabulary.Draft202012_Applicator, Vocabulary.Draft202012_Validation, Vocabulary.Draft202012_FormatAssertion, Vocabulary.Draft202012_MetaData }
            .SelectMany(vocabulary => vocabulary.Keywords).Where(keyword => keyword.Name != LinearPattern.Keyword);
        return new Dialect(keywords.Append(new LinearPattern())) { AllowUnknownKeywords = false };
    }

    private static string Printable(string message) => string.Concat(message.Where(c => c is >= ' ' and <= '~').Take(160));
}
