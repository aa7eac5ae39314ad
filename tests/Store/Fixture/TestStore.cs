using Gatehouse.Store.Changes;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Secrets;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Store.Fixture;

/// <summary>One database with an organization in it, and the operations on it.</summary>
internal sealed class TestStore
{
    private TestStore(StoreOptions options)
    {
        Options = options;
        Database = new StoreDatabase(options);
        Vault = new ClientSecretVault(Key);
        Secrets = new SecretOperations(Database, Vault, Clock);
        Applications = new ApplicationOperations(Database, Secrets, Clock);
        Registry = new ApplicationRegistry(Database, NullLogger<ApplicationRegistry>.Instance);
        Registrations = new RegistrationOperations(Database, Applications, Registry, Clock);
        RegistrationUpdates = new RegistrationUpdates(Database, Applications, Secrets, Vault, Registry, Clock);
        InitialTokens = new InitialAccessTokens(Database, Clock);
        Contracts = new ContractOperations(Database, Clock);
        Apis = new ApiOperations(Database, Clock);
        Revocation = new TokenRevocation(Database, Clock);
    }

    /// <summary>The key that every test database is sealed under.</summary>
    public static KeyEncryptionKey Key { get; } = KeyEncryptionKey.Generate(out _);

    public StoreOptions Options { get; }

    public StoreDatabase Database { get; }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public ClientSecretVault Vault { get; }

    public SecretOperations Secrets { get; }

    public ApplicationOperations Applications { get; }

    public ApplicationRegistry Registry { get; }

    public RegistrationOperations Registrations { get; }

    public RegistrationUpdates RegistrationUpdates { get; }

    public InitialAccessTokens InitialTokens { get; }

    public ContractOperations Contracts { get; }

    public ApiOperations Apis { get; }

    public TokenRevocation Revocation { get; }

    public Organization Organization { get; } = new() { Slug = "org", Name = "Organization" };

    public static async Task<TestStore> OpenAsync(StoreOptions options)
    {
        var store = new TestStore(options);
        await using var db = store.Database.Open();
        db.Add(store.Organization);
        await db.SaveChangesAsync();
        return store;
    }

    /// <summary>Another process on the same database: it shares neither the bell nor any memory.</summary>
    public StoreDatabase OpenElsewhere(params IInterceptor[] interceptors) => new(Options, new ChangeSignal(), interceptors);

    public async Task<CreatedApplication> CreateApplicationAsync(string name = "Shipper") =>
        Succeed(await Applications.CreateAsync(Organization.Id, new ApplicationDraft(name), ownerId: null, Actor.System));

    public async Task<Api> PublishAsync(Api api) => Succeed(await Apis.PublishAsync(api, Actor.System));

    /// <summary>An API with one scope, one operation and one plan, not published yet.</summary>
    public Api DraftApi(string slug = "labels") => new()
    {
        OrganizationId = Organization.Id, Slug = slug, Name = "Labels", Resource = $"https://api.example.com/{slug}", Upstream = "http://127.0.0.1:1",
        Scopes = [new ApiScope { Token = $"{slug}.create" }],
        Operations = [new ApiOperation { Method = "POST", PathTemplate = $"/{slug}", Scope = $"{slug}.create" }],
        Plans = [new Plan { Slug = "standard", Name = "Standard" }],
    };

    /// <summary>Writes something with a context of its own.</summary>
    public async Task WriteAsync(Action<GatehouseDb> write)
    {
        await using var db = OpenElsewhere().Open();
        write(db);
        await db.SaveChangesAsync();
    }

    /// <summary>Reads something with a context of its own.</summary>
    public async Task<T> ReadAsync<T>(Func<GatehouseDb, Task<T>> read)
    {
        await using var db = Database.Open();
        return await read(db);
    }

    public static T Succeed<T>(Outcome<T> outcome)
        where T : class
    {
        Assert.True(outcome.Succeeded, outcome.Message);
        return outcome.Value!;
    }
}
