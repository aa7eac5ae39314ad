using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Gatehouse.Bench.Harness.Seeding;

/// <summary>Writes very many rows straight into the store of a node that is not running.</summary>
internal abstract class BulkWriter : IAsyncDisposable
{
    /// <summary>For reading what is there.</summary>
    public abstract DbConnection Connection { get; }

    /// <summary>An id as the product keeps it in this database.</summary>
    public abstract object Id(Guid id);

    public abstract Task WriteAsync(string table, IReadOnlyList<string> columns, IEnumerable<object[]> rows, CancellationToken cancellation);

    /// <summary>Leaves the database as it is after a while: written out and, where the database does so by itself, analysed.</summary>
    public abstract Task SettleAsync(CancellationToken cancellation);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Connection.DisposeAsync();
    }

    protected static string Names(IEnumerable<string> columns) => string.Join(", ", columns.Select(column => $"\"{column}\""));

    protected async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = Connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

/// <summary>One transaction with one prepared statement.</summary>
internal sealed class SqliteBulk : BulkWriter
{
    private readonly SqliteConnection _connection;

    private SqliteBulk(SqliteConnection connection) => _connection = connection;

    public override DbConnection Connection => _connection;

    public static async Task<SqliteBulk> OpenAsync(string file, CancellationToken cancellation)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, Pooling = false }.ConnectionString;
        var bulk = new SqliteBulk(new SqliteConnection(text));
        await bulk.Connection.OpenAsync(cancellation);
        await bulk.ExecuteAsync("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000;", cancellation);
        return bulk;
    }

    public override object Id(Guid id) => id.ToString().ToUpperInvariant();

    public override async Task WriteAsync(string table, IReadOnlyList<string> columns, IEnumerable<object[]> rows, CancellationToken cancellation)
    {
        await using var transaction = (SqliteTransaction)await _connection.BeginTransactionAsync(cancellation);
        await using var insert = _connection.CreateCommand();
        insert.Transaction = transaction;
        var places = Enumerable.Range(0, columns.Count).Select(place => string.Create(CultureInfo.InvariantCulture, $"$p{place}")).ToList();
        insert.CommandText = $"INSERT INTO \"{table}\" ({Names(columns)}) VALUES ({string.Join(", ", places)})";
        var parameters = places.ConvertAll(place => insert.Parameters.Add(new SqliteParameter { ParameterName = place }));
        foreach (var row in rows)
        {
            foreach (var (place, value) in row.Index()) parameters[place].Value = value;
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
    }

    public override Task SettleAsync(CancellationToken cancellation) => ExecuteAsync("PRAGMA wal_checkpoint(TRUNCATE);", cancellation);
}

/// <summary>COPY.</summary>
internal sealed class PostgresBulk : BulkWriter
{
    private readonly NpgsqlConnection _connection;

    private PostgresBulk(NpgsqlConnection connection) => _connection = connection;

    public override DbConnection Connection => _connection;

    public static async Task<PostgresBulk> OpenAsync(string connectionString, CancellationToken cancellation)
    {
        var bulk = new PostgresBulk(new NpgsqlConnection(connectionString + ";Pooling=false"));
        await bulk.Connection.OpenAsync(cancellation);
        return bulk;
    }

    public override object Id(Guid id) => id;

    public override async Task WriteAsync(string table, IReadOnlyList<string> columns, IEnumerable<object[]> rows, CancellationToken cancellation)
    {
        await using var copy = await _connection.BeginBinaryImportAsync($"COPY \"{table}\" ({Names(columns)}) FROM STDIN (FORMAT BINARY)", cancellation);
        copy.Timeout = TimeSpan.Zero;
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellation);
            foreach (var value in row)
            {
                if (value is DBNull) await copy.WriteNullAsync(cancellation);
                else await copy.WriteAsync(value, cancellation);
            }
        }
        await copy.CompleteAsync(cancellation);
    }

    public override async Task SettleAsync(CancellationToken cancellation)
    {
        await ExecuteAsync("VACUUM ANALYZE", cancellation);
        await ExecuteAsync("CHECKPOINT", cancellation);
    }
}
