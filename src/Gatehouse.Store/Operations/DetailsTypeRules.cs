using Gatehouse.Store.Model;
using Gatehouse.Store.Schemas;

namespace Gatehouse.Store.Operations;

/// <summary>What the types of authorization details of an API must satisfy.</summary>
internal static class DetailsTypeRules
{
    private const int MaxTypes = 20;
    private const int MaxTitleLength = 200;

    public static string? Check(ICollection<ApiDetailsType> types)
    {
        if (types.Count > MaxTypes) return $"An API has up to {MaxTypes} types.";
        if (types.DistinctBy(row => row.Type, StringComparer.Ordinal).Count() != types.Count) return "A type is listed twice.";
        foreach (var row in types)
        {
            if (row.Type.Length is 0 or > ApiDetailsType.MaxTypeLength || !row.Type.All(c => c is > ' ' and <= '~' and not '"' and not '\\'))
                return $"A type is 1 to {ApiDetailsType.MaxTypeLength} printable ASCII characters without blanks, quotes and backslashes.";
            if (row.Title.Trim().Length is 0 or > MaxTitleLength || row.Title.Any(char.IsControl)) return $"The title of {row.Type} must have 1 to {MaxTitleLength} characters: people read it when they are asked.";
            if (DetailsSchema.Check(row.Schema) is { } fault) return $"The schema of {row.Type}: {fault}";
        }
        return null;
    }
}
