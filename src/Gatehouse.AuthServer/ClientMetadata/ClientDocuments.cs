using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Gatehouse.AuthServer.Remote;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Registry;
using Microsoft.Extensions.Logging;

namespace Gatehouse.AuthServer.ClientMetadata;

/// <summary>
/// Finds applications by their <c>client_id</c>, also those whose <c>client_id</c> is the URL of a document about them
/// (draft-ietf-oauth-client-id-metadata-document). Such a document is fetched when an authorization begins, and what it says is kept like any
/// registration: with the same quota, and going away when it is not used.
/// </summary>
public sealed partial class ClientDocuments(
    AuthServerOptions options, RemoteDocuments documents, ApplicationRegistry registry, InitialAccessTokens targets, RegistrationOperations registrations,
    RegistrationUpdates updates, RegistrationPace pace, TimeProvider clock, ILogger<ClientDocuments> log)
{
    /// <summary>What the draft recommends, in bytes.</summary>
    public const int MaxBytes = 5 * 1024;

    private const int MaxRemembered = 2_000;

    private static readonly TimeSpan MinFresh = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxFresh = TimeSpan.FromHours(24);

    private readonly GenerationCache<string, Seen> _seen = new(MaxRemembered, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<bool>>> _loading = new(StringComparer.Ordinal);

    /// <summary>True for what can only be the URL of a document.</summary>
    public static bool IsUrl(string clientId) => clientId.StartsWith("https://", StringComparison.Ordinal);

    /// <summary>The application as it is known; a document of a host that is not taken (any more) is none.</summary>
    public ValueTask<Lookup<RegisteredApplication>> FindAsync(string clientId) =>
        IsUrl(clientId) && !IsTaken(clientId) ? new(Lookup<RegisteredApplication>.Absent) : registry.FindAsync(clientId);

    /// <summary>As above, with a document that is fresh.</summary>
    public async ValueTask<Lookup<RegisteredApplication>> FindFreshAsync(string clientId, IPAddress? source)
    {
        if (!IsUrl(clientId)) return await registry.FindAsync(clientId);
        if (!IsTaken(clientId)) return Lookup<RegisteredApplication>.Absent;
        var known = await registry.FindAsync(clientId);
        if (!known.IsKnown || known.Value is { IsActive: false }) return known; // A person has said no: it is not asked again.
        if (_seen.TryGet(clientId, out var seen) && clock.GetUtcNow() < seen.Until)
            return seen.IsGood ? known : Lookup<RegisteredApplication>.Absent;
        if (known.Value is null && pace.Take(source) is not null) return Lookup<RegisteredApplication>.Absent;
        // Several at once wait for one fetch; and nobody who breaks off in the middle makes us begin again.
        var load = _loading.GetOrAdd(clientId, id => new Lazy<Task<bool>>(() => LoadAsync(id, seen)));
        try
        {
            return await load.Value ? await registry.FindAsync(clientId) : Lookup<RegisteredApplication>.Absent;
        }
        finally
        {
            _loading.TryRemove(new(clientId, load));
        }
    }

    // An https URL with a path, without dot segments, fragment and user (draft §3), written as it is compared; and not longer than we store.
    private bool IsTaken(string clientId) =>
        options.Registration.TakesDocuments && clientId.Length <= Application.MaxClientIdLength && NetworkReach.IsFetchable(clientId)
        && Uri.TryCreate(clientId, UriKind.Absolute, out var url) && url.AbsoluteUri == clientId && url.AbsolutePath.Length > 1 && url.Query.Length == 0
        && options.Registration.TakesDocumentsOf(url);

    private async Task<bool> LoadAsync(string clientId, Seen? before)
    {
        var document = await documents.FetchAsync(clientId, MaxBytes, CancellationToken.None);
        // What has not changed is not written again.
        var isSame = document is not null && before is { IsGood: true } && before.Text == document.Text && registry.TryGet(clientId, out _);
        var fault = document is null ? "it could not be fetched" : isSame ? null : await KeepAsync(clientId, document.Text);
        if (fault is not null) LogRefused(clientId, fault);
        // What is not good is not asked for again at once, whatever its server says about caching.
        var fresh = fault is null && document!.MaxAge is { } age ? TimeSpan.FromTicks(Math.Clamp(age.Ticks, MinFresh.Ticks, MaxFresh.Ticks)) : MinFresh;
        _seen.Set(clientId, new Seen(fault is null, fault is null ? document!.Text : string.Empty, clock.GetUtcNow() + fresh));
        return fault is null;
    }

    private async Task<string?> KeepAsync(string clientId, string text)
    {
        using var json = MetadataReader.Parse(Encoding.UTF8.GetBytes(text));
        if (json is null) return "it is no JSON object";
        if (CheckOwn(json.RootElement, clientId) is { } wrong) return wrong;
        if (MetadataReader.Read(json.RootElement, RegistrationScope.GrantTypesOf(RegistrationKind.Document), out var read, TokenEndpointAuthMethods.None) is { } fault)
            return fault.Description;
        if (RegistrationScope.CheckCertificate(read!.Draft, options.MutualTls) is { } needed) return needed.Description;
        if (read.Draft.TokenEndpointAuthMethod is not (TokenEndpointAuthMethods.None or TokenEndpointAuthMethods.PrivateKeyJwt))
            return "a client with a document has no secret";
        var rules = options.Registration;
        var target = await targets.FindAsync(rules.Organization, rules.Apis, rules.Scopes);
        if (target is null) return "the settings of registration name an organization, an API or a plan that does not exist";
        if (RegistrationScope.Choose(read.Scope, target.Scope) is not { } scope) return "it asks for none of the scopes that can be had";
        var outcome = await registry.FindAsync(clientId) switch
        {
            { IsKnown: false } => Outcome<SelfRegistered>.Conflict("the store did not answer"),
            { Value: { } known } => await updates.ChangeAsync(known.Id, new RegistrationChange(
                RegistrationScope.LimitDetailsTypes(read.Draft, rules, known.AuthorizationDetailsTypes), scope, read.Details)),
            _ => await registrations.RegisterAsync(new Store.Operations.Registration(target.OrganizationId, RegistrationKind.Document,
                RegistrationScope.LimitDetailsTypes(read.Draft, rules) with { PlanIds = target.PlanIds })
            {
                ClientId = clientId, Scope = scope, AllowedScope = target.Scope, Details = read.Details,
                MaxApplications = rules.MaxApplications, UnusedFor = rules.UnusedFor,
            }),
        };
        return outcome.Succeeded ? null : outcome.Message;
    }

    private static string? CheckOwn(JsonElement document, string clientId)
    {
        if (!document.TryGetProperty("client_id", out var id) || id.ValueKind != JsonValueKind.String || !id.ValueEquals(clientId))
            return "its client_id is not its URL";
        return document.TryGetProperty("client_secret", out _) || document.TryGetProperty("client_secret_expires_at", out _) ? "it holds a secret" : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The client document {ClientId} is not taken: {Fault}.")]
    private partial void LogRefused(string clientId, string fault);

    private sealed record Seen(bool IsGood, string Text, DateTimeOffset Until);
}
