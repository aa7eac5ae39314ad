using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Composition;
using Gatehouse.Configuration;
using Gatehouse.Founding;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;

namespace Gatehouse.Serve;

/// <summary><c>gatehouse init</c>: writes the first organization, its operator and the operator's program into an empty store.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var config = ServeCommand.ConfigOption();
        var org = new Option<string>("--org") { Description = "The organization's slug, as in /exchange/portals/{org}/.", Required = true };
        var name = new Option<string?>("--name") { Description = "The organization's name. Default: its slug." };
        var email = new Option<string>("--operator") { Description = "The operator's e-mail address.", Required = true };
        org.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (token.Value.Length > 64 || token.Value.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')))
                result.AddError("--org takes 1 to 64 characters out of a-z, 0-9 and '-'.");
        });
        var command = new Command("init", "Write the first organization and operator into an empty store, and print their generated credentials once.") { config, org, name, email };
        command.SetAction(arguments => NodeRunner.GuardAsync(() => RunAsync(
            arguments.GetValue(config), arguments.GetRequiredValue(org), arguments.GetValue(name), arguments.GetRequiredValue(email))));
        return command;
    }

    private static async Task RunAsync(string? config, string org, string? name, string email)
    {
        var options = ServeConfiguration.ReadFounding(config);
        var database = new StoreDatabase(options.Store!);
        await database.PrepareAsync(options.Key!);
        var founder = new Founder(database, options.Key!, TimeProvider.System);
        if (await database.IsFoundedAsync()) throw new StartRefusedException("The store has an organization already; nothing was changed.");
        var organization = await founder.CreateOrganizationAsync(org, name ?? org);
        var (_, account) = await founder.CreateUserAsync(organization, email, "Operator", PortalRole.Operator);
        var adminUrl = options.Issuer + NodeOptions.AdminPath;
        var adminApi = await founder.PublishAdminApiAsync(organization, adminUrl);
        var admin = await founder.CreateApplicationAsync(organization, "Operator's command line", "What gatehouse apps uses.", adminApi, ownerId: null);
        var founded = new Founded(
            options.Issuer + AuthServer.AuthServerOptions.TokenPath, adminUrl, account, admin);
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(founded, FoundedJson.Default.Founded));
    }
}

/// <summary>What <c>gatehouse init</c> prints; the only time that these secrets are seen together.</summary>
internal sealed record Founded(
    [property: JsonPropertyName("token_endpoint")] string TokenEndpoint,
    [property: JsonPropertyName("admin_url")] string AdminUrl,
    [property: JsonPropertyName("operator")] Account Operator,
    [property: JsonPropertyName("admin_client")] Credentials AdminClient);

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(Founded))]
internal sealed partial class FoundedJson : JsonSerializerContext;
