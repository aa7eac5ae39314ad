using System.Text.RegularExpressions;
using Gatehouse.Tests.Spec.Architecture;

namespace Gatehouse.Tests.Spec.Requirements;

/// <summary>A test that names a row.</summary>
internal sealed record HeldRequirement(string Id, string Test);

/// <summary>Finds the <c>[Requirement]</c> attributes of every test project. It reads their sources, because this project does not reference the others.</summary>
internal static partial class HeldRequirements
{
    public static IReadOnlyList<HeldRequirement> Find() =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(ReadFile)];

    private static IEnumerable<HeldRequirement> ReadFile(string file)
    {
        var waiting = new List<string>();
        var folder = Path.GetRelativePath(Path.Combine(Repository.Root, "tests"), file)[..^".cs".Length].Replace(Path.DirectorySeparatorChar, '.');
        foreach (var line in File.ReadLines(file))
        {
            if (Attributes().IsMatch(line))
            {
                waiting.AddRange(from attribute in Attribute().Matches(line) from id in Id().Matches(attribute.Value) select id.Groups[1].Value);
                continue;
            }
            var method = Method().Match(line);
            if (!method.Success) continue;
            foreach (var id in waiting) yield return new HeldRequirement(id, $"{folder}: {method.Groups[1].Value.Replace('_', ' ')}");
            waiting.Clear();
        }
    }

    [GeneratedRegex(@"^\s*\[")]
    private static partial Regex Attributes();

    [GeneratedRegex(@"\bRequirement\([^)]*\)")]
    private static partial Regex Attribute();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Id();

    [GeneratedRegex(@"^\s*public\s[^=;]*?(\w+)\(")]
    private static partial Regex Method();
}
