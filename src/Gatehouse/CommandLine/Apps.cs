using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.CommandLine;

/// <summary>What <c>gatehouse apps</c> can do: each method one command.</summary>
internal sealed class Apps(AdminApi api, AppsOutput output)
{
    private const int PageSize = 200;

    public async Task CreateAsync(string name, string? description, IEnumerable<string> apis, CancellationToken cancellation)
    {
        var created = await api.PostAsync("/applications", new JsonObject
        {
            ["client_name"] = name, ["description"] = description, ["apis"] = new JsonArray([.. apis.Select(Choice)]),
        }, cancellation);
        output.Show(created, () =>
        {
            output.Facts(
                ("name", created.Text("client_name")), ("client_id", created.Text("client_id")), ("client_secret", created.Text("client_secret")),
                ("scope", created.Text("scope")));
            ShowContracts(created);
            output.Line("Keep the secret now: it is not printed again.");
            if (created.Items("apis").Any(contract => contract.Text("state") == "requested"))
                output.Line("A requested contract gives no scope until it is approved.");
        });
    }

    public async Task ListAsync(string? search, CancellationToken cancellation)
    {
        var all = new JsonArray();
        var query = $"/applications?limit={PageSize}" + (search is null ? "" : $"&q={Uri.EscapeDataString(search)}");
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await api.GetAsync(cursor.Length == 0 ? query : $"{query}&cursor={Uri.EscapeDataString(cursor)}", cancellation);
            foreach (var application in page.Items("applications")) all.Add(JsonObject.Create(application));
            cursor = page.Text("next_cursor") is { Length: > 0 } next ? next : null;
        }
        using var document = JsonDocument.Parse(new JsonObject { ["applications"] = all }.ToJsonString());
        var list = document.RootElement;
        output.Show(list, () =>
        {
            if (all.Count == 0)
            {
                output.Line(search is null
                    ? "There is no application yet. Register one with: gatehouse apps create NAME --api API"
                    : "No application matches.");
                return;
            }
            output.Table(["client_id", "name", "state", "contracts"], list.Items("applications").Select(row => (IEnumerable<string>)
                [row.Text("client_id"), row.Text("client_name"), row.Text("state"), string.Join(", ", row.Items("apis").Select(Contract))]));
        });
    }

    public async Task ShowAsync(string clientId, CancellationToken cancellation)
    {
        var application = await api.GetAsync(Path(clientId), cancellation);
        var secrets = await api.GetAsync(Path(clientId) + "/secrets", cancellation);
        var both = JsonObject.Create(application)!;
        both["secrets"] = JsonArray.Create(secrets.GetProperty("secrets"));
        using var document = JsonDocument.Parse(both.ToJsonString());
        output.Show(document.RootElement, () =>
        {
            ShowApplication(application);
            ShowContracts(application);
            output.Table(["secret", "label", "state", "created", "expires", "last used"], secrets.Items("secrets").Select(row => (IEnumerable<string>)
                [row.Text("id"), row.Text("label"), row.Text("state"), row.Text("created_at"),
                    Or(row.Text("expires_at"), "never"), Or(row.Text("last_used_at"), "never")]));
        });
    }

    public async Task AddSecretAsync(string clientId, string? label, DateTimeOffset? expires, CancellationToken cancellation)
    {
        var added = await api.PostAsync(Path(clientId) + "/secrets", new JsonObject { ["label"] = label, ["expires_at"] = expires }, cancellation);
        output.Show(added, () =>
        {
            output.Facts(
                ("client_id", JsonText.Printable(clientId)), ("client_secret", added.Text("client_secret")), ("secret", added.Text("id")),
                ("label", added.Text("label")), ("expires", Or(added.Text("expires_at"), "never")));
            output.Line("Keep the secret now: it is not printed again. The one in use stays valid until it is retired.");
        });
    }

    public async Task RevokeAsync(string clientId, bool retire, CancellationToken cancellation)
    {
        var application = await api.PostAsync($"{Path(clientId)}/{(retire ? "retire" : "revoke-tokens")}", null, cancellation);
        output.Show(application, () => output.Line(retire
            ? $"{application.Text("client_name")} is retired: it obtains no token, and every token it holds is refused."
            : $"Every token of {application.Text("client_name")} issued until now is refused. It can obtain new ones; --retire stops that too."));
    }

    public async Task RevokeTokenAsync(string tokenId, CancellationToken cancellation)
    {
        var revoked = await api.PostAsync("/tokens/revoke", new JsonObject { ["jti"] = tokenId }, cancellation);
        output.Show(revoked, () => output.Line($"The token {revoked.Text("jti")} is refused until it expires."));
    }

    private void ShowApplication(JsonElement application) => output.Facts(
        ("name", application.Text("client_name")), ("client_id", application.Text("client_id")), ("state", application.Text("state")),
        ("description", application.Text("description")), ("grant types", JsonText.Printable(string.Join(", ", application.Items("grant_types")))),
        ("scope", application.Text("scope")));

    private void ShowContracts(JsonElement application)
    {
        var contracts = application.Items("apis").ToList();
        if (contracts.Count == 0) return;
        output.Table(["api", "plan", "contract", "id"], contracts.Select(row => (IEnumerable<string>)
            [row.Text("api"), row.Text("plan"), row.Text("state"), row.Text("contract_id")]));
    }

    private static string Contract(JsonElement contract) => $"{contract.Text("api")}:{contract.Text("plan")} {contract.Text("state")}";

    private static JsonObject Choice(string api) => api.Split(':', 2) is [var slug, var plan]
        ? new JsonObject { ["api"] = slug, ["plan"] = plan }
        : new JsonObject { ["api"] = api };

    private static string Path(string clientId) => $"/applications/{Uri.EscapeDataString(clientId)}";

    private static string Or(string text, string instead) => text.Length > 0 ? text : instead;
}
