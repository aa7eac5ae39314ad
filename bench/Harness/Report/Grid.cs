namespace Gatehouse.Bench.Harness.Report;

/// <summary>A Markdown table that is readable as it is: names at the left, numbers at the right.</summary>
internal static class Grid
{
    public static string Write(string[] head, IEnumerable<string[]> rows)
    {
        string[][] all = [head, .. rows];
        var widths = Enumerable.Range(0, head.Length).Select(column => all.Max(row => row[column].Length)).ToArray();
        string Line(string[] row) => $"| {string.Join(" | ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column])))} |";
        var rule = widths.Select((width, column) => column == 0 ? new string('-', width) : new string('-', width - 1) + ':').ToArray();
        return string.Join('\n', [Line(head), Line(rule), .. all.Skip(1).Select(Line), string.Empty]);
    }
}
