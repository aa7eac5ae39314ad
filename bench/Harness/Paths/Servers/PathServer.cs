using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Paths.Servers;

/// <summary>A client of a server.</summary>
/// <param name="Secret">Null for a public client.</param>
internal sealed record PathClient(string Id, string? Secret)
{
    /// <summary>The parameters that authenticate it in a form.</summary>
    public string Authentication =>
        $"client_id={Uri.EscapeDataString(Id)}" + (Secret is null ? "" : $"&client_secret={Uri.EscapeDataString(Secret)}");
}

/// <summary>An authorization server with its clients, and with one person who has signed in and agrees to all of them.</summary>
internal abstract class PathServer(string name, string about, PathEntry entry) : Target(name, about)
{
    private Posts? _posts;
    private Browser? _browser;

    public override Uri Url => TokenEndpoint;

    public abstract Uri TokenEndpoint { get; }

    public abstract Uri IntrospectionEndpoint { get; }

    /// <summary>A call that the server's gateway forwards.</summary>
    public virtual Uri CallUrl => throw new NotSupportedException($"{Name} is no gateway.");

    /// <summary>May introspect.</summary>
    public abstract PathClient Teller { get; }

    /// <summary>Uses the authorization code flow, and authenticates with a secret.</summary>
    public abstract PathClient Confidential { get; }

    /// <summary>Uses the authorization code flow, and has no secret.</summary>
    public abstract PathClient Public { get; }

    /// <summary>Sends forms and reads answers.</summary>
    public Posts Posts => _posts ?? throw new InvalidOperationException("It has not been started.");

    /// <summary>The browser of the person.</summary>
    protected Browser Browser => _browser ?? throw new InvalidOperationException("It has not been started.");

    protected PathEntry Entry => entry;

    /// <summary>The form of a token request of a client without a user.</summary>
    /// <param name="isReference">For a token that says nothing by itself.</param>
    public abstract string TokenRequest(bool isReference);

    public override async Task StartAsync(Rig rig, CancellationToken cancellation)
    {
        await LaunchAsync(rig, cancellation);
        _posts ??= new Posts(Name, rig.Client());
        _browser ??= new Browser(rig.Client());
        Load = entry.Make(this, rig);
        await Load.PrepareAsync(cancellation);
    }

    /// <summary>A code for a client, got as a browser gets it; its verifier is <see cref="Pkce.Verifier"/>.</summary>
    public abstract Task<string> ObtainCodeAsync(PathClient client, CancellationToken cancellation);

    protected abstract Task LaunchAsync(Rig rig, CancellationToken cancellation);

    /// <summary>The first address of the way to a code.</summary>
    protected static Uri AuthorizationRequest(Uri endpoint, PathClient client, string scope) => new(
        $"{endpoint}?response_type=code&client_id={Uri.EscapeDataString(client.Id)}&redirect_uri={Uri.EscapeDataString(Pkce.RedirectUri)}"
        + $"&scope={Uri.EscapeDataString(scope)}&state=s&code_challenge={Pkce.Challenge}&code_challenge_method=S256");
}
