using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;

namespace Gatehouse.Store.Schemas;

/// <summary>
/// The keyword <c>pattern</c> (JSON Schema Validation §6.3.3) in time that grows with the text and no faster: whoever may send an object must
/// not choose how long we think about it. In return there are no back references and no lookarounds.
/// </summary>
internal sealed class LinearPattern : IKeywordHandler
{
    public const string Keyword = "pattern";

    private const int MaxLength = 256;

    public string Name => Keyword;

    /// <summary>What is wrong with a pattern, in words.</summary>
    public static string? Check(string pattern)
    {
        if (pattern.Length > MaxLength) return $"A pattern may have up to {MaxLength} characters.";
        try
        {
            _ = Compile(pattern);
            return null;
        }
        catch (NotSupportedException)
        {
            return "A pattern has no back reference, no lookaround and no atomic group, and is not so large that it would match slowly.";
        }
        catch (ArgumentException)
        {
            return "A pattern is not a regular expression.";
        }
    }

    public object? ValidateKeywordValue(JsonElement value) => Compile(value.GetString()!);

    public void BuildSubschemas(KeywordData keyword, BuildContext context)
    {
    }

    public KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context) => context.Instance.ValueKind == JsonValueKind.String
        ? new KeywordEvaluation { Keyword = Name, IsValid = ((Regex)keyword.Value!).IsMatch(context.Instance.GetString()!) }
        : KeywordEvaluation.Ignore;

    private static Regex Compile(string pattern) => new(AsEcmaScript(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    // ECMA-262, which JSON Schema asks for, means ASCII by \d and \w, and the very end by $: a line feed behind it does not match.
    private static string AsEcmaScript(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 16);
        var isInClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                var set = pattern[++i] switch { 'd' => "0-9", 'w' => "A-Za-z0-9_", _ => null };
                text.Append(set is null ? $"\\{pattern[i]}" : isInClass ? set : $"[{set}]");
                continue;
            }
            if (c == '[') isInClass = true;
            else if (c == ']') isInClass = false;
            if (c == '$' && !isInClass) text.Append("\\z");
            else text.Append(c);
        }
        return text.ToString();
    }
}
