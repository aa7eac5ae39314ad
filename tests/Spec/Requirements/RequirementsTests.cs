using System.Text;
using Gatehouse.Tests.Spec.Architecture;

namespace Gatehouse.Tests.Spec.Requirements;

/// <summary>Every rule that binds is held by a test or has a reason, and <c>docs/rfc/requirements.md</c> tells which.</summary>
public sealed class RequirementsTests
{
    /// <summary>Set to 1 to write the page instead of comparing it.</summary>
    private const string UpdateVariable = "GATEHOUSE_UPDATE_REQUIREMENTS";

    private static readonly ILookup<string, string> Tests = HeldRequirements.Find().ToLookup(held => held.Id, held => held.Test);

    [Fact]
    public void A_test_names_only_rows_that_exist()
    {
        var known = RequirementRows.All.Select(row => row.Id).ToHashSet();
        Assert.Equal(RequirementRows.All.Count, known.Count);
        Assert.DoesNotContain(Tests.Select(held => held.Key).Concat(RequirementRows.Reasons.Keys), id => !known.Contains(id));
    }

    [Fact]
    public void Every_row_that_binds_has_a_test_or_a_reason() =>
        Assert.DoesNotContain(RequirementRows.All, row => row.Level == "MUST" && !Tests.Contains(row.Id) && !RequirementRows.Reasons.ContainsKey(row.Id));

    [Fact]
    public void No_row_has_both() => Assert.DoesNotContain(RequirementRows.Reasons.Keys, Tests.Contains);

    [Fact]
    public void The_page_is_up_to_date()
    {
        var file = Path.Combine(Repository.Root, "docs", "rfc", "requirements.md");
        var page = Compose();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1") File.WriteAllText(file, page);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == page, $"docs/rfc/requirements.md is stale. Run the Spec tests once with {UpdateVariable}=1 and commit it.");
    }

    /// <summary>The line that <c>./test</c> prints at its end.</summary>
    [Fact]
    public void The_share_is_told()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "test-results"));
        File.WriteAllText(Path.Combine(folder.FullName, "Spec.summary"), $"requirements: {Share()}\n");
        Assert.All(RequirementRows.All, row => Assert.True(row.Level is "MUST" or "SHOULD" or "MAY", row.Level));
    }

    private static string Share()
    {
        var held = RequirementRows.All.Where(row => Tests.Contains(row.Id)).ToList();
        string Of(string level) => $"{level}: {held.Count(row => row.Level == level)} of {RequirementRows.All.Count(row => row.Level == level)}";
        return $"{held.Count} of {RequirementRows.All.Count} rows ({Of("MUST")}, {Of("SHOULD")}, {Of("MAY")}) held by tests, {RequirementRows.Reasons.Count} by a reason";
    }

    private static string Compose()
    {
        var text = new StringBuilder("# Requirements and what holds them\n\n");
        text.Append("The rules of the specifications in our words, each with the tests that hold it, or why none does. Made of the `[Requirement]` attributes of the tests\n");
        text.Append("and of `tests/Spec/Requirements/`; a test fails when it is stale, or when a rule that binds (MUST) has neither.\n\n");
        text.Append(Share()).Append(".\n");
        foreach (var spec in RequirementRows.All.GroupBy(row => row.Spec))
        {
            text.Append($"\n## {Title(spec.Key)}\n\n| row | § | level | requirement | held by |\n| --- | --- | --- | --- | --- |\n");
            foreach (var row in spec) text.Append($"| {row.Id} | {row.Section} | {row.Level} | {Cell(row.Text)} | {HeldBy(row)} |\n");
        }
        return text.ToString();
    }

    private static string HeldBy(RequirementRow row)
    {
        if (Tests.Contains(row.Id)) return string.Join("<br>", Tests[row.Id].Distinct());
        return RequirementRows.Reasons.TryGetValue(row.Id, out var reason) ? $"*{Cell(reason)}*" : "nothing yet";
    }

    private static string Title(string spec) => spec.StartsWith("RFC", StringComparison.Ordinal) ? $"RFC {spec["RFC".Length..]}" : spec;

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
