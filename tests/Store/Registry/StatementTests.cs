using System.Reflection;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Store.Registry;

public sealed class StatementOnSqlite() : StatementTests(StoreProvider.Sqlite);

public sealed class StatementOnPostgres() : StatementTests(StoreProvider.PostgreSql);

/// <summary>What our own statements read is what EF Core reads, in every column.</summary>
public abstract class StatementTests(StoreProvider provider) : StoreTests(provider)
{
    // The public key of RFC 7517, appendix A.1.
    private const string KeySet = """
        {"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"1"}]}
        """;

    [Fact]
    public async Task An_application_in_all_its_columns()
    {
        var application = Fill(new Application { OrganizationId = Store.Organization.Id, ClientId = "all", Name = "Everything" });
        application.State = ApplicationState.Pending;
        application.FederatedIdentities = FederatedIdentity.WriteAll([new FederatedIdentity { Issuer = "https://i", JwksUri = "https://i/k", Subject = "s" }]);
        application.CertificateSubject = "tls_client_auth_san_dns=workload.example";
        application.Jwks = KeySet;
        application.Registration = new DynamicRegistration { Scope = "a b", AllowedScope = "a b c", ApprovedAt = Store.Clock.GetUtcNow(), ExpiresAt = Store.Clock.GetUtcNow().AddDays(1) };
        foreach (var retired in new DateTimeOffset?[] { null, Store.Clock.GetUtcNow() })
            application.Secrets.Add(new ApplicationSecret { Verifier = [1, 2, 3], ExpiresAt = Store.Clock.GetUtcNow().AddDays(2), RetiredAt = retired });
        foreach (var (number, state) in new[] { ContractState.Approved, ContractState.Suspended }.Index())
        {
            var api = await Store.PublishAsync(Store.DraftApi($"api-{number}"));
            application.Contracts.Add(new Contract { ApiId = api.Id, PlanId = api.Plans.First().Id, State = state });
        }
        await Store.WriteAsync(db => db.Applications.Add(application));

        var expected = await Store.ReadAsync(db => db.Applications.AsNoTracking().Include(row => row.Organization).Include(row => row.Registration)
            .Include(row => row.Secrets).Include(row => row.Contracts).ThenInclude(row => row.Plan).SingleAsync(row => row.ClientId == "all"));
        var found = (await new ApplicationRegistry(Store.Database, NullLogger<ApplicationRegistry>.Instance).FindAsync("all")).Value!;
        Assert.Equal(2, found.Secrets.Count);
        Assert.Equal(2, found.Contracts.Count);
        AssertSame(new RegisteredApplication(expected), found);
    }

    [Fact]
    public async Task An_application_without_anything()
    {
        await Store.WriteAsync(db => db.Applications.Add(new Application { OrganizationId = Store.Organization.Id, ClientId = "bare", Name = "Bare" }));
        var expected = await Store.ReadAsync(db => db.Applications.AsNoTracking().Include(row => row.Organization).SingleAsync(row => row.ClientId == "bare"));
        var found = (await new ApplicationRegistry(Store.Database, NullLogger<ApplicationRegistry>.Instance).FindAsync("bare")).Value!;
        AssertSame(new RegisteredApplication(expected), found);
    }

    [Fact]
    public async Task An_api_in_all_its_columns()
    {
        var draft = Fill(Store.DraftApi("filled"));
        (draft.AccessTokenFormat, draft.AccessTokenSigningAlg, draft.Upstream) = (AccessTokenFormats.Reference, SigningAlgorithms.Ps256, "https://upstream.example");
        await Store.WriteAsync(db => db.Apis.Add(draft));

        var expected = await Store.ReadAsync(db => db.Apis.AsNoTracking().Include(row => row.Scopes).Include(row => row.DetailsTypes).Include(row => row.Operations)
            .SingleAsync(row => row.Id == draft.Id));
        var catalog = new ApiCatalog(Store.Database);
        await catalog.ReloadAsync(TestContext.Current.CancellationToken);
        AssertSame(new RegisteredApi(expected), catalog.Current.Find(draft.Id)!);
    }

    // A column that is added later is filled too: when the statement lacks it, what is read differs.
    private static T Fill<T>(T row)
        where T : notnull
    {
        foreach (var property in typeof(T).GetProperties().Where(property => property.CanWrite && property.Name is not ("ClientId" or "OrganizationId" or "Id" or "Slug" or "Resource")))
        {
            object? value = property.PropertyType switch
            {
                var type when type == typeof(string) => property.Name,
                var type when type == typeof(bool) => true,
                var type when type == typeof(long) => 7L,
                var type when type == typeof(List<string>) => new List<string> { property.Name, "\"quoted\" [text], {} é" },
                _ => null,
            };
            if (value is not null) property.SetValue(row, value);
        }
        return row;
    }

    private static void AssertSame<T>(T expected, T found)
    {
        foreach (var property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance))
            Assert.Equal(Text(property.GetValue(expected)), Text(property.GetValue(found)));
    }

    // What a value says, down to the last member; sets have no order.
    private static string Text(object? value) => value switch
    {
        null => "-",
        string or bool or IFormattable => $"{value}",
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        System.Collections.IEnumerable many => string.Join('\n', many.Cast<object>().Select(Text).Order(StringComparer.Ordinal)),
        _ => string.Join(' ', value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0)
            .Select(property => $"{property.Name}={Text(property.GetValue(value))}")),
    };
}
