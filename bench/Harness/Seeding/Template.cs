using System.Data.Common;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;

namespace Gatehouse.Bench.Harness.Seeding;

/// <summary>A row as the product wrote it.</summary>
internal sealed record TemplateRow(string Table, IReadOnlyList<string> Columns, object[] Values)
{
    /// <summary>A copy with other values in some columns; those that this table does not have are not asked for.</summary>
    public object[] With(Func<string, object, object> change) => [.. Values.Select((value, place) => change(Columns[place], value))];
}

/// <summary>All rows that one registered application has, itself first; read from the model, so that a new table is not forgotten.</summary>
internal static class Template
{
    public static async Task<IReadOnlyList<TemplateRow>> ReadAsync(
        BulkWriter bulk, StoreOptions options, string clientId, CancellationToken cancellation)
    {
        await using var db = new StoreDatabase(options).Open();
        var applications = db.Model.FindEntityType(typeof(Application))!;
        var parts = applications.GetReferencingForeignKeys().Where(key => key.Properties is [{ Name: "ApplicationId" }])
            .Select(key => key.DeclaringEntityType.ClrType).Distinct()
            .Select(type => (string)db.Model.FindEntityType(type)!.GetAnnotation("Relational:TableName").Value!);
        var rows = await SelectAsync(bulk.Connection, "Applications", "ClientId", clientId, cancellation);
        var id = rows[0].Values[rows[0].Columns.ToList().IndexOf("Id")];
        foreach (var table in parts) rows.AddRange(await SelectAsync(bulk.Connection, table, "ApplicationId", id, cancellation));
        return rows;
    }

    private static async Task<List<TemplateRow>> SelectAsync(
        DbConnection connection, string table, string column, object value, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM \"{table}\" WHERE \"{column}\" = @value";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("value", value);
        command.Parameters.Add(parameter);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        var rows = new List<TemplateRow>();
        while (await reader.ReadAsync(cancellation))
        {
            var values = new object[columns.Length];
            reader.GetValues(values);
            rows.Add(new TemplateRow(table, columns, values));
        }
        return rows;
    }
}
