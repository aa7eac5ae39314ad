using System.Data.Common;
using System.Globalization;

namespace Gatehouse.Store.Database;

/// <summary>The commands of one connection: made for one execution, or kept by their text for as long as the connection is open.</summary>
internal sealed class StoreCommands(DbConnection connection) : IAsyncDisposable
{
    private static readonly string[] ParameterNames = [.. Enumerable.Range(0, 16).Select(place => string.Create(CultureInfo.InvariantCulture, $"@{place}"))];

    // Null where statements are seldom repeated.
    private Dictionary<string, DbCommand>? _kept;

    /// <summary>From now on each statement is prepared once.</summary>
    public void Keep() => _kept ??= new(StringComparer.Ordinal);

    /// <summary>The command of this text with these values, which is disposed of by the caller whether it is kept or not.</summary>
    public Prepared Prepare(string sql, object?[] values, DbTransaction? transaction)
    {
        if (_kept?.TryGetValue(sql, out var command) is not true)
        {
            command = Create(sql, values.Length);
            _kept?.Add(sql, command);
        }
        command!.Transaction = transaction;
        for (var place = 0; place < values.Length; place++) command.Parameters[place].Value = StoreRow.ToColumn(values[place]);
        return new Prepared(command, _kept is not null);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _kept?.Values ?? Enumerable.Empty<DbCommand>()) await command.DisposeAsync();
    }

    private DbCommand Create(string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in ParameterNames.AsSpan(0, parameters))
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }
        return command;
    }

    /// <summary>A command for one execution, which is disposed of after it unless it is kept for the next.</summary>
    public readonly struct Prepared(DbCommand command, bool isKept) : IAsyncDisposable
    {
        public DbCommand Command => command;

        public ValueTask DisposeAsync() => isKept ? default : command.DisposeAsync();
    }
}
