using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Tests.Interop.Flows;

/// <summary><c>docs/rfc/interoperability.md</c> says which client goes through which flow; the table in it is made of the tests themselves.</summary>
public sealed class TableTests
{
    /// <summary>Set to 1 to write the table instead of comparing it.</summary>
    private const string UpdateVariable = "GATEHOUSE_UPDATE_INTEROPERABILITY";

    private const string Begin = "<!-- table -->\n";
    private const string End = "<!-- end of table -->\n";

    [Fact]
    public void The_table_is_up_to_date()
    {
        var file = Path.Combine(Built.Repository, "docs", "rfc", "interoperability.md");
        var text = File.ReadAllText(file);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var due = text[..begin] + Compose() + text[end..];
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1") File.WriteAllText(file, text = due);
        Assert.True(text == due, $"{file} is stale. Run the Interop tests once with {UpdateVariable}=1 and commit it.");
    }

    [Fact]
    public void Every_flow_of_a_library_for_NET_has_its_test()
    {
        var tested =
            from type in typeof(TableTests).Assembly.GetTypes()
            from method in type.GetMethods()
            where method.GetCustomAttribute<FactAttribute>() is not null
            from passes in method.GetCustomAttributes<PassesAttribute>()
            orderby passes.Library, passes.Flow
            select $"{passes.Library}: {passes.Flow}";
        var told =
            from library in Library.All
            where !library.IsNode
            from flow in library.Passes
            orderby library.Package, flow
            select $"{library.Package}: {flow}";
        Assert.Equal(told, tested.Distinct());
    }

    private static string Compose()
    {
        var reasons = Library.All.SelectMany(library => Flow.All.Select(flow => library.Missing.GetValueOrDefault(flow.Name)))
            .OfType<string>().Distinct().ToList();
        var text = new StringBuilder();
        text.Append($"| flow | {string.Join(" | ", Library.All.Select(Title))} |\n");
        text.Append($"| --- |{string.Concat(Library.All.Select(_ => " --- |"))}\n");
        foreach (var (name, words) in Flow.All)
        {
            var cells = Library.All.Select(library => library.Missing.TryGetValue(name, out var why) ? $"– {reasons.IndexOf(why) + 1}" : "passed");
            text.Append($"| {words} | {string.Join(" | ", cells)} |\n");
        }
        text.Append($"| **passed of {Flow.All.Count}** | {string.Join(" | ", Library.All.Select(library => library.Passes.Count()))} |\n\nWhy not:\n\n");
        for (var number = 1; number <= reasons.Count; number++) text.Append($"{number}. {reasons[number - 1]}\n");
        return text.ToString();
    }

    private static string Title(Library library) =>
        $"{library.Package} {(library.IsNode ? NpmVersion(library.Package) : NuGetVersion(library.Package))}";

    private static string NpmVersion(string package)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Built.Repository, "tests", "Interop", "package-lock.json")));
        return json.RootElement.GetProperty("packages").GetProperty("node_modules/" + package).GetProperty("version").GetString()!;
    }

    // The version that was restored, not the one that was asked for.
    private static string NuGetVersion(string package)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Built.Repository, "tests", "Interop", "packages.lock.json")));
        return json.RootElement.GetProperty("dependencies").GetProperty("net10.0").GetProperty(package).GetProperty("resolved").GetString()!;
    }
}
