using System.Reflection;
using System.Xml.Linq;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Secrets;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
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
            var draft = Store.DraftApi($"api-{number}");
            draft.Plans.First().TokenLifetimeSeconds = number == 0 ? 123 : Plan.DefaultTokenLifetimeSeconds;
            var api = await Store.PublishAsync(draft);
            application.Contracts.Add(new Contract { ApiId = api.Id, PlanId = api.Plans.First().Id, State = state });
        }
        await Store.WriteAsync(db => db.Applications.Add(application));

        var found = await AssertReadAsync("all");
        Assert.Equal(2, found.Secrets.Count);
        Assert.Equal((123, 86399), (found.Contracts.Values.Min(contract => contract.TokenLifetimeSeconds), found.Contracts.Values.Max(contract => contract.TokenLifetimeSeconds)));
    }

    /// <summary>Each by itself: together, one could be read in place of another.</summary>
    [Fact]
    public async Task Every_switch_of_an_application()
    {
        foreach (var property in typeof(Application).GetProperties().Where(property => property.PropertyType == typeof(bool)))
        {
            var application = new Application { OrganizationId = Store.Organization.Id, ClientId = property.Name, Name = property.Name };
            property.SetValue(application, true);
            await Store.WriteAsync(db => db.Applications.Add(application));
            await AssertReadAsync(property.Name);
        }
    }

    [Fact]
    public async Task Whatever_is_null_of_a_registration_a_secret_or_a_token_format()
    {
        var now = Store.Clock.GetUtcNow();
        DateTimeOffset?[] instants = [null, now];
        foreach (var (number, (first, second)) in instants.SelectMany(_ => instants, (first, second) => (first, second)).Index())
        {
            var application = new Application { OrganizationId = Store.Organization.Id, ClientId = $"null-{number}", Name = "Null", AccessTokenFormat = AccessTokenFormats.Reference };
            application.Registration = new DynamicRegistration { Scope = "a", AllowedScope = "b", ApprovedAt = first, ExpiresAt = second };
            application.Secrets.Add(new ApplicationSecret { Verifier = [1], ExpiresAt = first, RetiredAt = second });
            await Store.WriteAsync(db => db.Applications.Add(application));
            await AssertReadAsync(application.ClientId);
        }
    }

    [Fact]
    public async Task What_a_newer_version_has_written_is_unknown_and_no_fault()
    {
        await Store.WriteAsync(db => db.Applications.Add(new Application { OrganizationId = Store.Organization.Id, ClientId = "newer", Name = "Newer" }));
        await using (var connection = await Store.Database.ConnectAsync(TestContext.Current.CancellationToken))
            await connection.ExecuteAsync("""UPDATE "Applications" SET "State" = 'Hibernating' WHERE "ClientId" = 'newer'""", TestContext.Current.CancellationToken);

        Assert.Equal(Lookup<RegisteredApplication>.Unknown, await new ApplicationRegistry(Store.Database, NullLogger<ApplicationRegistry>.Instance).FindAsync("newer"));
    }

    [Fact]
    public async Task Keys_of_cookies_are_read_as_they_were_kept_and_empty_ones_passed_over()
    {
        var ring = new KeyRingRepository(Store.Database);
        ring.StoreElement(new XElement("key", new XAttribute("id", "1"), "a <secret> é"), "key-1");
        await Store.WriteAsync(db => db.DataProtectionKeys.AddRange(new DataProtectionKey { FriendlyName = "none" }, new DataProtectionKey { FriendlyName = "empty", Xml = "" }));

        Assert.Equal("""<key id="1">a &lt;secret&gt; é</key>""", Assert.Single(ring.GetAllElements()).ToString(SaveOptions.DisableFormatting));
        Assert.Equal("key-1", (await Store.ReadAsync(db => db.DataProtectionKeys.FirstAsync(row => row.Xml != null && row.Xml != ""))).FriendlyName);
    }

    [Fact]
    public async Task An_application_without_anything()
    {
        await Store.WriteAsync(db => db.Applications.Add(new Application { OrganizationId = Store.Organization.Id, ClientId = "bare", Name = "Bare" }));
        await AssertReadAsync("bare");
    }

    [Fact]
    public async Task An_api_in_all_its_columns()
    {
        var draft = Fill(Store.DraftApi("filled"));
        (draft.AccessTokenFormat, draft.AccessTokenSigningAlg, draft.Upstream) = (AccessTokenFormats.Reference, SigningAlgorithms.Ps256, "https://upstream.example");
        draft.DetailsTypes.Add(new ApiDetailsType { Type = "parcel", Title = "A parcel", Schema = """{"type":"object","required":["weight"]}""" });
        await Store.WriteAsync(db => db.Apis.Add(draft));

        var expected = await Store.ReadAsync(db => db.Apis.AsNoTracking().Include(row => row.Scopes).Include(row => row.DetailsTypes).Include(row => row.Operations)
            .SingleAsync(row => row.Id == draft.Id));
        var catalog = new ApiCatalog(Store.Database);
        await catalog.ReloadAsync(TestContext.Current.CancellationToken);
        var found = catalog.Current.Find(draft.Id)!;
        AssertSame(new RegisteredApi(expected), found);
        var details = AuthorizationDetails.Parse("""[{"type":"parcel","weight":1},{"type":"parcel"}]""", out _)!;
        Assert.Equal([true, false], details.All.Select(found.DetailsTypes["parcel"].Accepts));
    }

    private async Task<RegisteredApplication> AssertReadAsync(string clientId)
    {
        var expected = await Store.ReadAsync(db => db.Applications.AsNoTracking().Include(row => row.Organization).Include(row => row.Registration)
            .Include(row => row.Secrets).Include(row => row.Contracts).ThenInclude(row => row.Plan).SingleAsync(row => row.ClientId == clientId));
        var found = (await new ApplicationRegistry(Store.Database, NullLogger<ApplicationRegistry>.Instance).FindAsync(clientId)).Value!;
        AssertSame(new RegisteredApplication(expected), found);
        return found;
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
