using System.Reflection;
using System.Text;

namespace Gatehouse.Tests.Spec.Architecture;

/// <summary><c>docs/rfc/index.md</c> says which section is held by which test; it is made of the tests themselves.</summary>
public sealed class RfcIndexTests
{
    /// <summary>Set to 1 to write the index instead of comparing it.</summary>
    private const string UpdateVariable = "GATEHOUSE_UPDATE_RFC_INDEX";

    [Fact]
    public void The_RFC_index_is_up_to_date()
    {
        var file = Path.Combine(Repository.Root, "docs", "rfc", "index.md");
        var index = Compose();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, index);
        }
        Assert.True(File.Exists(file) && File.ReadAllText(file) == index, $"docs/rfc/index.md is stale. Run the Spec tests once with {UpdateVariable}=1 and commit it.");
    }

    private static string Compose()
    {
        var rows =
            from type in typeof(RfcIndexTests).Assembly.GetTypes()
            from method in type.GetMethods()
            from rfc in method.GetCustomAttributes<RfcAttribute>()
            orderby rfc.Number, SectionKey(rfc.Section), type.Name, method.Name
            select (rfc.Number, rfc.Section, Test: $"{type.FullName!["Gatehouse.Tests.Spec.".Length..]}: {method.Name.Replace('_', ' ')}");
        var text = new StringBuilder("# RFC sections and the tests that hold them\n\nMade of the `[Rfc]` attributes of `tests/Spec`; a test fails when it is stale.\n");
        foreach (var rfc in rows.GroupBy(row => row.Number))
        {
            text.Append($"\n## [RFC {rfc.Key}](https://www.rfc-editor.org/rfc/rfc{rfc.Key})\n\n| section | test |\n| --- | --- |\n");
            foreach (var (_, section, test) in rfc) text.Append($"| §{section} | {test} |\n");
        }
        return text.ToString();
    }

    private static string SectionKey(string section) => string.Join('.', section.Split('.').Select(part => part.PadLeft(4, '0')));
}
