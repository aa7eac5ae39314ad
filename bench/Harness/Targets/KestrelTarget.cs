using System.Globalization;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>A mode of the program in <c>bench/Peers</c>: a limit of the platform, or a product made with a .NET library.</summary>
/// <param name="mode">As in <c>bench/Peers/Program.cs</c>.</param>
/// <param name="path">What is asked; the token endpoint or the call.</param>
internal abstract class KestrelTarget(string name, string mode, string path, string about) : Target(name, about)
{
    private static readonly string Program = Built.Program("Gatehouse.Bench.Peers");

    private readonly int _port = Ports.Take();

    public override Uri Url => new($"https://127.0.0.1:{_port}{path}");

    public override async Task StartAsync(Rig rig, CancellationToken cancellation)
    {
        var folder = rig.FolderOf(Name);
        Version = $".NET {Environment.Version}";
        var options = new Dictionary<string, string>(Describe(rig))
        {
            ["port"] = _port.ToString(CultureInfo.InvariantCulture), ["certificate"] = rig.CertificateFile, ["key"] = rig.CertificateKeyFile,
            ["folder"] = folder, ["issuer"] = Rig.Issuer, ["audience"] = Rig.Audience, ["scope"] = Rig.Scope, ["kid"] = Rig.KeyId,
        };
        var arguments = options.SelectMany(pair => new[] { $"--{pair.Key}", pair.Value });
        var program = Own(Pinned.Start(rig.ServerCpu, Path.Combine(folder, "log"), ["dotnet", Program, mode, .. arguments]));
        await program.ListensAsync(_port, cancellation);
    }

    /// <summary>The options that this kind of target needs, and fills in how it is asked.</summary>
    protected abstract Dictionary<string, string> Describe(Rig rig);
}

/// <summary>A token server.</summary>
internal sealed class KestrelTokenServer(string name, string about, bool isLimit)
    : KestrelTarget(name, isLimit ? name["limit-".Length..] : name, "/connect/token", about)
{
    public override bool IsLimit => isLimit;

    /// <summary>How servers that know the rig's client are asked, and what they must refuse.</summary>
    public static (string Form, IReadOnlyList<Refusal> MustRefuse) Ask(Rig rig)
    {
        var form = GatehouseOperator.FormOf(Rig.ClientId, rig.ClientSecret);
        return ($"{form}&scope={Rig.Scope}",
            [new Refusal("a wrong secret", Tampered.Change(form)), new Refusal("no secret", form[..form.LastIndexOf('&')])]);
    }

    protected override Dictionary<string, string> Describe(Rig rig)
    {
        if (isLimit) Form = GatehouseOperator.FormOf(Rig.ClientId, rig.ClientSecret);
        else (Form, MustRefuse) = Ask(rig);
        return new Dictionary<string, string>
        {
            ["signing-key"] = rig.SigningKeyFile, ["client-id"] = Rig.ClientId, ["client-secret"] = rig.ClientSecret,
        };
    }
}

/// <summary>A gateway.</summary>
internal sealed class KestrelGateway(string name, string about, bool isLimit)
    : KestrelTarget(name, isLimit ? name["limit-".Length..] : name, Rig.CallPath, about)
{
    public override bool IsLimit => isLimit;

    protected override Dictionary<string, string> Describe(Rig rig)
    {
        Tokens = SignedToken.MakeAll(rig);
        if (!isLimit) MustRefuse = SignedToken.MakeWrong(rig);
        return new Dictionary<string, string> { ["signing-key"] = rig.VerificationKeyFile, ["upstream"] = rig.UpstreamUrl };
    }
}
