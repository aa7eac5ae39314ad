using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Store.Database;

/// <summary>A row as the model means it: columns by place, in the types that <see cref="GatehouseDb"/> and <see cref="Tables"/> give them.</summary>
internal readonly struct StoreRow(DbDataReader reader)
{
    public bool IsNull(int column) => reader.IsDBNull(column);

    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public long Number(int column) => reader.GetInt64(column);

    public bool Flag(int column) => reader.GetBoolean(column);

    public Guid Id(int column) => reader.GetGuid(column);

    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    public byte[]? BytesOrNull(int column) => reader.IsDBNull(column) ? null : Bytes(column);

    /// <summary>Instants are Unix milliseconds.</summary>
    public DateTimeOffset Instant(int column) => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    public DateTimeOffset? InstantOrNull(int column) => reader.IsDBNull(column) ? null : Instant(column);

    /// <summary>A value of an enumeration is its name.</summary>
    public T Name<T>(int column)
        where T : struct, Enum => Enum.TryParse<T>(reader.GetString(column), ignoreCase: true, out var value) ? value
        // A newer node has written it: to this one the row says nothing, as if the store had not answered.
        : throw new InvalidOperationException($"This version knows no {typeof(T).Name} '{reader.GetString(column)}'.");

    /// <summary>A list of texts: JSON on SQLite, an array on PostgreSQL.</summary>
    public List<string> Texts(int column) => reader is SqliteDataReader
        ? JsonSerializer.Deserialize(reader.GetString(column), StoreJson.Default.ListString)! : [.. reader.GetFieldValue<string[]>(column)];

    /// <summary>A value as its column holds it.</summary>
    public static object ToColumn(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset instant => instant.ToUnixTimeMilliseconds(),
        Enum name => name.ToString(),
        _ => value,
    };
}

[System.Text.Json.Serialization.JsonSerializable(typeof(List<string>))]
internal sealed partial class StoreJson : System.Text.Json.Serialization.JsonSerializerContext;
