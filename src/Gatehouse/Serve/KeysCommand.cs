using System.CommandLine;
using System.Globalization;
using Gatehouse.Composition;
using Gatehouse.Configuration;
using Gatehouse.Founding;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Secrets;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Serve;

/// <summary><c>gatehouse keys</c>: shows the signing keys and lets them rotate before their time. Running nodes follow within a second.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Show the signing keys, or rotate them before their time.") { List(), Rotate() };

    private static Command List()
    {
        var config = ServeCommand.ConfigOption();
        var command = new Command("list", "Show the signing keys: announced, active and retired ones.") { config };
        command.SetAction(arguments => NodeRunner.GuardAsync(async () => await PrintAsync(await OpenAsync(arguments.GetValue(config)))));
        return command;
    }

    private static Command Rotate()
    {
        var config = ServeCommand.ConfigOption();
        var now = new Option<bool>("--now")
        {
            Description = "Sign with the new keys at once. Whoever verifies tokens with a remembered key set must fetch it anew, as for a key that leaked.",
        };
        var command = new Command("rotate", "Announce a new key for each algorithm; it signs when Signing:AnnounceForMinutes have passed.") { config, now };
        command.SetAction(arguments => NodeRunner.GuardAsync(() => RotateAsync(arguments.GetValue(config), arguments.GetValue(now))));
        return command;
    }

    private static async Task RotateAsync(string? config, bool isNow)
    {
        var (options, database) = (ServeConfiguration.ReadFounding(config), await OpenAsync(config));
        var rotation = new SigningKeyRotation(database, new SigningKeyVault(options.Key!), new RotationSchedule(), TimeProvider.System);
        await rotation.AnnounceAsync();
        if (isNow) await rotation.ActivateAsync();
        await PrintAsync(database);
    }

    private static async Task<StoreDatabase> OpenAsync(string? config)
    {
        var options = ServeConfiguration.ReadFounding(config);
        var database = new StoreDatabase(options.Store!);
        await database.PrepareAsync(options.Key!);
        return database;
    }

    private static async Task PrintAsync(StoreDatabase database)
    {
        await using var db = database.Open();
        var keys = await db.SigningKeys.AsNoTracking().OrderBy(row => row.Algorithm).ThenByDescending(row => row.ChangedAt).ToListAsync();
        foreach (var key in keys) await Console.Out.WriteLineAsync(Line(key));
        if (keys.Count == 0) await Console.Out.WriteLineAsync("There is no signing key yet: the first start of a node makes one.");
    }

    private static string Line(SigningKeyRecord key) => string.Create(CultureInfo.InvariantCulture,
        $"{key.Algorithm}  {key.State.ToString().ToLowerInvariant(),-9}  since {key.ChangedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC  {key.Kid}");
}
