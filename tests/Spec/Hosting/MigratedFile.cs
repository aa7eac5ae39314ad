using Gatehouse.Store.Database;
using Gatehouse.Store.Secrets;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>A migrated SQLite file, made once and copied for each node: migrating takes longer than most tests.</summary>
internal static class MigratedFile
{
    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    /// <summary>The key that every node's database is sealed under.</summary>
    public static KeyEncryptionKey Key { get; } = KeyEncryptionKey.Generate(out _);

    public static async Task CopyToAsync(string file) => File.Copy(await Made.Value, file);

    private static async Task<string> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-spec-template-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        var file = Path.Combine(folder.FullName, "migrated.db");
        await new StoreDatabase(StoreOptions.Sqlite(file)).PrepareAsync(Key);
        SqliteConnection.ClearAllPools(); // Brings the log into the file.
        return file;
    }
}
