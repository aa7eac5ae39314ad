using Gatehouse.Composition;
using Gatehouse.Store.Database;
using Gatehouse.Store.Secrets;

namespace Gatehouse.Configuration;

/// <summary>Where the truth lies, and the key that it is sealed under. Both must be said.</summary>
internal static class StoreSettings
{
    /// <summary>The most of anything that a node remembers: more is a slip of the hand rather than a wish.</summary>
    public const long MostRemembered = 10_000_000;

    public static IReadOnlyList<string> Keys { get; } =
        ["Store:Provider", "Store:ConnectionString", "Store:File", "Store:RememberedApplications", "KeyEncryptionKeyFile", "KeyEncryptionKey"];

    public static StoreOptions? Read(Settings settings)
    {
        var remembered = (int)settings.Number("Store:RememberedApplications", StoreOptions.UsuallyRememberedApplications, 2, MostRemembered);
        switch (settings["Store:Provider"]?.ToLowerInvariant())
        {
            case "sqlite":
                if (settings["Store:File"] is { Length: > 0 } file) return StoreOptions.Sqlite(Path.GetFullPath(file)) with { RememberedApplications = remembered };
                settings.Add("Store:File: missing. Give the path of the SQLite database; it is made when it is not there.");
                return null;
            case "postgresql":
                if (settings["Store:ConnectionString"] is { Length: > 0 } connection) return StoreOptions.PostgreSql(connection) with { RememberedApplications = remembered };
                settings.Add("Store:ConnectionString: missing. Give a connection string, such as Host=db;Database=gatehouse;Username=gatehouse;Password=…");
                return null;
            default:
                settings.Add("Store:Provider: give sqlite (one node) or postgresql (many nodes).");
                return null;
        }
    }

    public static KeyEncryptionKey? ReadKey(Settings settings)
    {
        if (settings["KeyEncryptionKey"] is { Length: > 0 } base64)
        {
            if (KeyFile.Parse(base64) is { } key) return key;
            settings.Add("KeyEncryptionKey: not 32 bytes in base64. Make one with: openssl rand -base64 32");
            return null;
        }
        const string what = "a file with 32 bytes in base64 (openssl rand -base64 32), or set KeyEncryptionKey in the environment";
        if (settings.File("KeyEncryptionKeyFile", what) is not { } file) return null;
        try
        {
            return KeyFile.Read(file);
        }
        catch (StartRefusedException exception)
        {
            settings.Add($"KeyEncryptionKeyFile: {exception.Message}");
            return null;
        }
    }
}
