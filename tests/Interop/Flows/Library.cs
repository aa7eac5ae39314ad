namespace Gatehouse.Tests.Interop.Flows;

/// <summary>The client libraries; the columns of the table.</summary>
/// <param name="Package">Its name at its registry.</param>
/// <param name="IsNode">Whether it is of npm; else of NuGet.</param>
/// <param name="Missing">What it does not support, and why.</param>
internal sealed record Library(string Package, bool IsNode, IReadOnlyDictionary<string, string> Missing)
{
    private const string NotBuilt = "The library has no such function.";
    private const string MetadataOfOne = "It looks for the OpenID Connect document; the address of the other would have to be set by hand.";
    private const string ForUsers = "It signs users in; a program's own tokens are not its business.";
    private const string Verifies = "It verifies access tokens and obtains none.";

    private const string ByHand = "It has nothing of its own for it; one would add the parameter and read the answer by hand.";
    private const string NoEd25519 = "The library has no Ed25519, nor has .NET.";

    public const string OpenIdClient = "openid-client";
    public const string OAuth4WebApi = "oauth4webapi";
    public const string McpSdk = "@modelcontextprotocol/sdk";
    public const string Duende = "Duende.IdentityModel";
    public const string OpenIdConnect = "Microsoft.AspNetCore.Authentication.OpenIdConnect";
    public const string JwtBearer = "Microsoft.AspNetCore.Authentication.JwtBearer";
    public const string OpenIddict = "OpenIddict.Client";

    public static IReadOnlyList<Library> All { get; } =
    [
        new(OpenIdClient, true, Reasons(
            (NotBuilt, [Flow.ResourceMetadata, Flow.ClientDocument]),
            ("Its sister oauth4webapi does it.", [Flow.AccessToken]))),
        new(OAuth4WebApi, true, Reasons((NotBuilt, [Flow.Logout, Flow.ClientDocument]))),
        new(McpSdk, true, Reasons(
            (NotBuilt, [
                Flow.ClientCertificate, Flow.SelfSignedCertificate, Flow.CertificateGateway, Flow.FormPost, Flow.PushedRequest, Flow.SignedRequest,
                Flow.AuthorizationDetails, Flow.IdToken, Flow.UserInfo, Flow.Logout, Flow.Device, Flow.TokenExchange, Flow.Dpop, Flow.DpopGateway,
                Flow.Introspection, Flow.IntrospectionSigned, Flow.Revocation, Flow.AccessToken]),
            ("It falls back to that document only where RFC 8414's is missing.", [Flow.MetadataOpenId]))),
        new(Duende, false, Reasons(
            (NotBuilt, [Flow.ResourceMetadata, Flow.ClientDocument, Flow.AccessToken]),
            (ByHand, [Flow.AuthorizationDetails]),
            (NoEd25519, [Flow.ClientCredentialsEd25519]),
            ("It carries a request object, and makes none.", [Flow.SignedRequest]),
            ("The signature of an ID token is left to a validator that one adds.", [Flow.IdToken]),
            ("It carries a proof to the token endpoint; calls with proofs are of an extension.", [Flow.DpopGateway]))),
        new(OpenIdConnect, false, Reasons(
            (MetadataOfOne, [Flow.MetadataOAuth]),
            (ByHand, [Flow.AuthorizationDetails]),
            (ForUsers, [
                Flow.ClientCredentialsEd25519, Flow.ClientCredentialsBasic, Flow.ClientCredentialsPost, Flow.ClientCredentialsJwt, Flow.ClientCertificate,
                Flow.SelfSignedCertificate, Flow.CertificateGateway, Flow.RefreshPublic, Flow.RefreshConfidential, Flow.Device,
                Flow.TokenExchange, Flow.JwtBearer, Flow.Introspection, Flow.IntrospectionSigned, Flow.Revocation, Flow.Registration, Flow.AccessToken,
                Flow.GatewayCall]),
            (NotBuilt, [Flow.ResourceMetadata, Flow.SignedRequest, Flow.Dpop, Flow.DpopGateway, Flow.ClientDocument]))),
        new(JwtBearer, false, Reasons(
            (MetadataOfOne, [Flow.MetadataOAuth]),
            (Verifies, [.. Flow.All.Select(flow => flow.Name).Except([Flow.MetadataOAuth, Flow.MetadataOpenId, Flow.AccessToken])]))),
        new(OpenIddict, false, Reasons(
            (MetadataOfOne, [Flow.MetadataOAuth]),
            (ByHand, [Flow.AuthorizationDetails]),
            (NoEd25519, [Flow.ClientCredentialsEd25519]),
            (NotBuilt, [
                Flow.ResourceMetadata, Flow.SignedRequest, Flow.Dpop, Flow.DpopGateway, Flow.CertificateGateway, Flow.IntrospectionSigned, Flow.Registration,
                Flow.ClientDocument, Flow.AccessToken, Flow.GatewayCall]))),
    ];

    public static Library Named(string package) => All.Single(library => library.Package == package);

    /// <summary>What it is taken through.</summary>
    public IEnumerable<string> Passes => Flow.All.Select(flow => flow.Name).Where(flow => !Missing.ContainsKey(flow));

    private static Dictionary<string, string> Reasons(params (string Reason, string[] Flows)[] groups) =>
        groups.SelectMany(group => group.Flows.Select(flow => (flow, group.Reason))).ToDictionary();
}
