using Gatehouse.Tests.Spec.Architecture;

namespace Gatehouse.Tests.Spec.Requirements;

/// <summary>One rule of a specification in our words.</summary>
/// <param name="Id">Such as <c>6749-02</c>.</param>
/// <param name="Level"><c>MUST</c>, <c>SHOULD</c> or <c>MAY</c>, as that specification has it.</param>
internal sealed record RequirementRow(string Id, string Spec, string Section, string Level, string Text);

/// <summary>The rows, and why some of them are held by no test. Both files are tab-separated with a head line.</summary>
internal static class RequirementRows
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Spec", "Requirements");

    public static IReadOnlyList<RequirementRow> All { get; } = [.. Read("requirements.tsv", 5).Select(cells => new RequirementRow(cells[0], cells[1], cells[2], cells[3], cells[4]))];

    /// <summary>By row.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = Read("reasons.tsv", 2).ToDictionary(cells => cells[0], cells => cells[1]);

    private static IEnumerable<string[]> Read(string file, int columns) =>
        from line in File.ReadLines(Path.Combine(Folder, file)).Skip(1)
        let cells = line.Split('\t')
        select cells.Length == columns ? cells : throw new InvalidDataException($"{file} has a line without {columns} columns: {line}");
}
