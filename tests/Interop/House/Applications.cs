using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Interop.House;

/// <summary>An application as its developer knows it.</summary>
internal sealed record Credentials(string ClientId, string ClientSecret);

/// <summary>The applications of one client library: its own, because what one library revokes must not fail another.</summary>
internal sealed class Applications : IDisposable
{
    /// <summary>An address of another machine, which no test ever calls.</summary>
    public const string Callback = "https://client.example.com/callback";

    /// <summary>Where a person is sent who has signed out; on another machine too.</summary>
    public const string Goodbye = "https://client.example.com/goodbye";

    /// <summary>What the platform of the workload says it is.</summary>
    public const string Workload = "system:serviceaccount:shop:labels";

    /// <summary>The platform that speaks for workloads.</summary>
    public const string Platform = "https://cluster.example.com";

    /// <summary>Speaks for itself with a secret, and stands for the API: it may introspect.</summary>
    public required Credentials Service { get; init; }

    /// <summary>Signs instead of having a secret.</summary>
    public required Credentials Signer { get; init; }

    /// <summary>Signs with <see cref="ToEdwardsKey"/>.</summary>
    public required Credentials EdwardsSigner { get; init; }

    /// <summary>Acts for users, with a secret.</summary>
    public required Credentials Confidential { get; init; }

    /// <summary>Acts for users, without a secret.</summary>
    public required Credentials Public { get; init; }

    /// <summary>Exchanges the tokens of the two above.</summary>
    public required Credentials Exchanger { get; init; }

    /// <summary>Is whom its platform says it is.</summary>
    public required Credentials Federated { get; init; }

    /// <summary>Authenticates by a certificate that the house's authority issued; its tokens are bound to it.</summary>
    public required Credentials Certified { get; init; }

    /// <summary>Authenticates by a certificate that it made itself; its tokens are bound to it.</summary>
    public required Credentials SelfSigned { get; init; }

    /// <summary>The certificate of <see cref="Certified"/>.</summary>
    public required Certified Certificate { get; init; }

    /// <summary>The certificate of <see cref="SelfSigned"/>.</summary>
    public required Certified OwnCertificate { get; init; }

    /// <summary>The key of <see cref="Signer"/>.</summary>
    public required Key SignerKey { get; init; }

    /// <summary>The key of <see cref="Platform"/>.</summary>
    public required Key PlatformKey { get; init; }

    public static async Task<Applications> RegisterAsync(RunningHouse house, string library, string api, IEnumerable<string> redirectUris,
        IEnumerable<string> goodbyes)
    {
        var (signerKey, platformKey) = (new Key("signer"), new Key("platform"));
        var subject = $"CN={library}";
        var (certificate, ownCertificate) = (house.ClientAuthority.Issue(subject), House.Certified.SelfSigned(subject));
        var keySet = house.Outside.Publish($"/{Guid.NewGuid()}/keys", platformKey.ToSet().ToJsonString());
        string[] forUsers = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"];
        string[] redirects = [Callback, .. redirectUris];
        void ForUsers(JsonObject body)
        {
            body["post_logout_redirect_uris"] = ToArray([Goodbye, .. goodbyes]);
            if (api == Apis.Parcels) body["authorization_details_types"] = ToArray([Apis.Pickup]);
        }
        var open = await MakeAsync(house, api, library + " public", "none", forUsers, redirects, ForUsers);
        var confidential = await MakeAsync(house, api, library + " confidential", null, forUsers, redirects, ForUsers);
        return new Applications
        {
            SignerKey = signerKey, PlatformKey = platformKey, Public = open, Confidential = confidential,
            Certificate = certificate, OwnCertificate = ownCertificate,
            Service = await MakeAsync(house, api, library + " service", null, ["client_credentials"], []),
            Signer = await MakeAsync(house, api, library + " signer", "private_key_jwt", ["client_credentials", "authorization_code", "refresh_token"], redirects,
                body => body["jwks"] = signerKey.ToSet()),
            EdwardsSigner = await MakeAsync(house, api, library + " Edwards signer", "private_key_jwt", ["client_credentials"], [],
                body => body["jwks"] = new JsonObject { ["keys"] = new JsonArray(ToEdwardsKey()) }),
            Certified = await MakeAsync(house, api, library + " certified", "tls_client_auth", ["client_credentials"], [],
                body => (body["tls_client_auth_subject_dn"], body["tls_client_certificate_bound_access_tokens"]) = (subject, true)),
            SelfSigned = await MakeAsync(house, api, library + " self-signed", "self_signed_tls_client_auth", ["client_credentials"], [],
                body => (body["jwks"], body["tls_client_certificate_bound_access_tokens"]) = (ownCertificate.ToSet(), true)),
            Exchanger = await MakeAsync(house, api, library + " exchanger", null, ["urn:ietf:params:oauth:grant-type:token-exchange"], [],
                body => body["token_exchange_subjects"] = new JsonArray(open.ClientId, confidential.ClientId)),
            Federated = await MakeAsync(house, api, library + " federated", "none", ["urn:ietf:params:oauth:grant-type:jwt-bearer"], [],
                body => body["federated_identities"] = new JsonArray(new JsonObject { ["issuer"] = Platform, ["jwks_uri"] = keySet, ["subject"] = Workload })),
        };
    }

    /// <summary>What a client in a process of its own must know.</summary>
    public JsonObject ToJson() => new()
    {
        ["callback"] = Callback, ["goodbye"] = Goodbye, ["service"] = ToJson(Service), ["confidential"] = ToJson(Confidential), ["public"] = ToJson(Public),
        ["exchanger"] = ToJson(Exchanger), ["federated"] = ToJson(Federated), ["signer"] = ToJson(Signer), ["signer_key"] = SignerKey.ToJwk(isPrivate: true),
        ["edwards_signer"] = ToJson(EdwardsSigner), ["edwards_key"] = ToEdwardsKey(isPrivate: true),
        ["certified"] = Certificate.ToJson(Certified), ["self_signed"] = OwnCertificate.ToJson(SelfSigned),
        ["platform"] = new JsonObject { ["issuer"] = Platform, ["subject"] = Workload, ["key"] = PlatformKey.ToJwk(isPrivate: true) },
    };

    /// <summary>What the platform says of its workload, now.</summary>
    public string SignForWorkload(string audience) =>
        PlatformKey.Sign(new JsonObject { ["iss"] = Platform, ["sub"] = Workload, ["aud"] = audience });

    public void Dispose()
    {
        SignerKey.Dispose();
        PlatformKey.Dispose();
        Certificate.Dispose();
        OwnCertificate.Dispose();
    }

    // The key of RFC 8037 appendix A: .NET makes none for Ed25519.
    private static JsonObject ToEdwardsKey(bool isPrivate = false)
    {
        var jwk = new JsonObject { ["kty"] = "OKP", ["crv"] = "Ed25519", ["kid"] = "edwards", ["x"] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
        if (isPrivate) jwk["d"] = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
        return jwk;
    }

    private static JsonObject ToJson(Credentials credentials) => new() { ["client_id"] = credentials.ClientId, ["client_secret"] = credentials.ClientSecret };

    private static async Task<Credentials> MakeAsync(
        RunningHouse house, string api, string name, string? method, string[] grantTypes, string[] redirectUris, Action<JsonObject>? change = null)
    {
        var body = new JsonObject
        {
            ["client_name"] = name, ["apis"] = new JsonArray(new JsonObject { ["api"] = api }),
            ["grant_types"] = ToArray(grantTypes), ["redirect_uris"] = ToArray(redirectUris),
        };
        if (method is not null) body["token_endpoint_auth_method"] = method;
        change?.Invoke(body);
        var made = await house.Admin.SendAsync(HttpMethod.Post, "/applications", body);
        var secret = made.TryGetProperty("client_secret", out var text) ? text.GetString()! : string.Empty;
        return new Credentials(made.GetProperty("client_id").GetString()!, secret);
    }

    private static JsonArray ToArray(string[] texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
