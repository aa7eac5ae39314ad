using System.CommandLine;
using System.Globalization;
using Gatehouse.Composition;

namespace Gatehouse.CommandLine;

/// <summary><c>gatehouse apps</c>: applications from the command line, through the Admin API.</summary>
public static class AppsCommand
{
    public const string DefaultDataFolder = "./data";

    public static Command Create()
    {
        var data = new Option<string?>("--data")
        {
            Description = "The demo's data folder. Default: the environment variables GATEHOUSE_ADMIN_URL, GATEHOUSE_TOKEN_ENDPOINT, GATEHOUSE_CLIENT_ID, "
                + $"GATEHOUSE_CLIENT_SECRET and GATEHOUSE_CA_FILE when they are set, otherwise {DefaultDataFolder}.",
            Recursive = true, HelpName = "DIR",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of tables.", Recursive = true };
        var run = new Runner(data, json);
        return new Command("apps", "Manage applications: register, list, show, add secrets, revoke.")
        {
            data, json, CreateApplication(run), List(run), Show(run), AddSecret(run), Revoke(run),
        };
    }

    private static Command CreateApplication(Runner run)
    {
        var name = new Argument<string>("NAME") { Description = "The application's name." };
        var apis = new Option<string[]>("--api")
        {
            Description = "An API to request a contract for, as API or API:PLAN. Repeat for more.", HelpName = "API[:PLAN]",
        };
        var description = new Option<string?>("--description") { Description = "What the application is for." };
        var command = new Command("create", "Register an application and print its credentials once.") { name, apis, description };
        run.Set(command, (apps, parsed, cancellation) => apps.CreateAsync(
            parsed.GetRequiredValue(name), parsed.GetValue(description), parsed.GetValue(apis) ?? [], cancellation));
        return command;
    }

    private static Command List(Runner run)
    {
        var search = new Option<string?>("--search") { Description = "A part of the name, or a whole client_id." };
        var command = new Command("list", "List applications.") { search };
        run.Set(command, (apps, parsed, cancellation) => apps.ListAsync(parsed.GetValue(search), cancellation));
        return command;
    }

    private static Command Show(Runner run)
    {
        var clientId = ClientId();
        var command = new Command("show", "Show an application, its contracts and its secrets' states.") { clientId };
        run.Set(command, (apps, parsed, cancellation) => apps.ShowAsync(parsed.GetRequiredValue(clientId), cancellation));
        return command;
    }

    private static Command AddSecret(Runner run)
    {
        var clientId = ClientId();
        var label = new Option<string?>("--label") { Description = "What tells this secret from others." };
        var expires = new Option<DateTimeOffset?>("--expires")
        {
            Description = "When it expires, as 2027-01-31 or 2027-01-31T12:00:00Z (UTC unless an offset is given). Default: never.", HelpName = "TIME",
            CustomParser = result =>
            {
                if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
                    return instant;
                result.AddError("--expires takes a time such as 2027-01-31 or 2027-01-31T12:00:00Z.");
                return null;
            },
        };
        var command = new Command("add-secret", "Add a secret and print it once. Two can be valid at a time.") { clientId, label, expires };
        run.Set(command, (apps, parsed, cancellation) => apps.AddSecretAsync(
            parsed.GetRequiredValue(clientId), parsed.GetValue(label), parsed.GetValue(expires), cancellation));
        return command;
    }

    private static Command Revoke(Runner run)
    {
        var clientId = new Argument<string?>("CLIENT_ID")
        {
            Description = "The application whose tokens are all revoked.", Arity = ArgumentArity.ZeroOrOne,
        };
        var retire = new Option<bool>("--retire") { Description = "Retire the application: no token from now on, and every token it holds is refused." };
        var jti = new Option<string?>("--jti") { Description = "Revoke only the access token with this id.", HelpName = "JTI" };
        var command = new Command("revoke", "Revoke all tokens of an application, or one token. It takes effect within one second.")
        {
            clientId, retire, jti,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(clientId) is null == result.GetValue(jti) is null) result.AddError("Give either a CLIENT_ID or --jti.");
            if (result.GetValue(retire) && result.GetValue(jti) is not null) result.AddError("--retire goes with a CLIENT_ID, not with --jti.");
        });
        run.Set(command, (apps, parsed, cancellation) => parsed.GetValue(jti) is { } tokenId
            ? apps.RevokeTokenAsync(tokenId, cancellation)
            : apps.RevokeAsync(parsed.GetValue(clientId)!, parsed.GetValue(retire), cancellation));
        return command;
    }

    private static Argument<string> ClientId() => new("CLIENT_ID") { Description = "The application." };

    /// <summary>What all these commands share: the connection, the output, and one line for what goes wrong.</summary>
    private sealed class Runner(Option<string?> data, Option<bool> json)
    {
        public void Set(Command command, Func<Apps, ParseResult, CancellationToken, Task> action) =>
            command.SetAction((parsed, cancellation) => NodeRunner.GuardAsync(async () =>
            {
                using var api = new AdminApi(AppsConnection.Find(parsed.GetValue(data), Environment.GetEnvironmentVariable));
                await action(new Apps(api, new AppsOutput(parsed.InvocationConfiguration.Output, parsed.GetValue(json))), parsed, cancellation);
            }));
    }
}
