using System.Text.Json;
using Spectre.Console;

namespace Gatehouse.CommandLine;

/// <summary>Shows answers to a person as tables, or to a program as JSON.</summary>
internal sealed class AppsOutput
{
    // Nobody wraps lines for a file or a pipe; a client_id broken in two cannot be copied.
    private const int RedirectedWidth = 240;

    private readonly TextWriter _writer;
    private readonly bool _json;
    private readonly IAnsiConsole _console;

    public AppsOutput(TextWriter writer, bool json)
    {
        (_writer, _json) = (writer, json);
        var terminal = writer == Console.Out && !Console.IsOutputRedirected;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer), Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
        });
        if (!terminal) _console.Profile.Width = RedirectedWidth;
    }

    /// <summary>Writes the answer as JSON when that was asked for, otherwise as the lines and tables given.</summary>
    public void Show(JsonElement answer, Action person)
    {
        if (_json) _writer.WriteLine(JsonText.Indent(answer));
        else person();
    }

    public void Line(string text) => _console.WriteLine(text);

    public void Facts(params IEnumerable<(string Name, string Value)> facts)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn());
        foreach (var (name, value) in facts) grid.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), new Text(value));
        _console.Write(grid);
    }

    public void Table(IEnumerable<string> columns, IEnumerable<IEnumerable<string>> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns) table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))));
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        _console.Write(table);
    }
}
