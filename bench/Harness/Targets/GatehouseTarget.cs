using System.Globalization;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>The product itself: one node with all roles on SQLite, an application with a generated secret and a contract for an API.</summary>
/// <param name="program">Its <c>gatehouse.dll</c>.</param>
internal sealed class GatehouseTarget(string name, string program, bool isGateway) : Target(
    name, "the product: gatehouse serve with all roles on SQLite, one application with a secret and a contract")
{
    private static readonly TimeSpan BriefLife = TimeSpan.FromSeconds(62);

    private GatehouseNode? _node;

    public override Uri Url => isGateway ? new Uri(Node.Gateway, Rig.CallPath) : Node.TokenEndpoint;

    public override Uri Keys => Node.KeySet;

    private GatehouseNode Node => _node ?? throw new InvalidOperationException("It has not been started.");

    public override async Task StartAsync(Rig rig, CancellationToken cancellation)
    {
        if (!File.Exists(program)) throw new BenchException($"There is no {program}.");
        _node = new GatehouseNode(rig, Name, program, rig.TokenCount > 1 ? RememberFewerThan(rig.TokenCount) : null);
        var founded = await _node.FoundAsync(cancellation);
        Own(await _node.ServeAsync(cancellation));
        Version = System.Diagnostics.FileVersionInfo.GetVersionInfo(program).ProductVersion ?? "-";
        using var http = rig.Client();
        var officer = new GatehouseOperator(http, founded, _node.TokenEndpoint);
        await officer.SignInAsync(cancellation);
        await officer.PublishAsync("labels", Rig.Scope, isGateway ? rig.UpstreamUrl : "http://127.0.0.1:9", cancellation);
        var form = await officer.RegisterAsync("Bench", "labels", "standard", cancellation);
        if (isGateway) await PrepareCallsAsync(officer, form, rig, cancellation);
        else PrepareRequests(form);
    }

    private void PrepareRequests(string form)
    {
        Form = form;
        MustRefuse = [new Refusal("a wrong secret", Tampered.Change(form)), new Refusal("no secret", form[..form.LastIndexOf('&')])];
    }

    private async Task PrepareCallsAsync(GatehouseOperator officer, string form, Rig rig, CancellationToken cancellation)
    {
        await officer.PublishAsync("parcels", "parcels.read", rig.UpstreamUrl, cancellation);
        var elsewhere = await officer.RegisterAsync("Elsewhere", "parcels", "standard", cancellation);
        var brief = await officer.RegisterAsync("Brief", "labels", "brief", cancellation);
        Tokens = await ObtainAsync(officer, form, rig.TokenCount, cancellation);
        MustRefuse =
        [
            new Refusal("no token", null),
            new Refusal("a forged token", Tampered.ChangeSignature(Tokens[0])),
            new Refusal("a token for another API", await officer.ObtainTokenAsync(elsewhere, cancellation)),
            new Refusal("an expired token", await officer.ObtainTokenAsync(brief, cancellation), TimeProvider.System.GetUtcNow() + BriefLife),
        ];
    }

    // With many tokens in rotation every call's token shall be one that the gateway has forgotten: that is what they are for.
    private static Dictionary<string, string> RememberFewerThan(int tokens) =>
        new() { ["Gateway__RememberedTokens"] = Math.Max(2, tokens / 4).ToString(CultureInfo.InvariantCulture) };

    private static async Task<IReadOnlyList<string>> ObtainAsync(GatehouseOperator officer, string form, int count, CancellationToken cancellation)
    {
        var tokens = new string[count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation };
        await Parallel.ForAsync(0, count, options, async (place, stop) => tokens[place] = await officer.ObtainTokenAsync(form, stop));
        return tokens;
    }
}
