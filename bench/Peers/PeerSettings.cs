using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Bench.Peers;

/// <summary>What the harness tells a peer: <c>MODE --name value …</c></summary>
internal sealed class PeerSettings
{
    private readonly IConfiguration _values;

    private PeerSettings(string mode, IConfiguration values) => (Mode, _values) = (mode, values);

    public string Mode { get; }

    public int Port => int.Parse(Text("port"), CultureInfo.InvariantCulture);

    public X509Certificate2 Certificate => X509Certificate2.CreateFromPemFile(Text("certificate"), Text("key"));

    /// <summary>The P-256 key that signs tokens, or its public half where a peer only verifies.</summary>
    public ECDsa SigningKey
    {
        get
        {
            var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(Text("signing-key")));
            return key;
        }
    }

    public string KeyId => Text("kid");

    public string Issuer => Text("issuer");

    public string Audience => Text("audience");

    public string Scope => Text("scope");

    public string ClientId => Text("client-id");

    public string ClientSecret => Text("client-secret");

    public string Upstream => Text("upstream");

    /// <summary>A client that has no secret.</summary>
    public string PublicClientId => Text("public-client-id");

    public Uri RedirectUri => new(Text("redirect-uri"));

    /// <summary>Whether access tokens say nothing by themselves.</summary>
    public bool HasReferenceTokens => bool.Parse(Text("reference"));

    /// <summary>A folder of this run.</summary>
    public string Folder => Text("folder");

    public static PeerSettings Read(string[] args) => new(args[0], new ConfigurationBuilder().AddCommandLine(args[1..]).Build());

    private string Text(string name) => _values[name] ?? throw new ArgumentException($"--{name} is missing.");
}
