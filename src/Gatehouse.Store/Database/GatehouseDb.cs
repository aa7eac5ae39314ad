using Gatehouse.Store.Model;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Gatehouse.Store.Database;

/// <summary>The model, the same on every database. Instants are stored as Unix milliseconds: sortable everywhere, no time zone to lose.</summary>
public abstract class GatehouseDb(DbContextOptions options) : IdentityUserContext<PortalUser, Guid>(options), IDataProtectionKeyContext
{
    /// <summary>The store that opened it; null only where migrations are written.</summary>
    internal StoreDatabase? Store { get; init; }

    /// <summary>A change row was written into its transaction by a statement, and is not among what it tracks.</summary>
    internal bool HasAnnounced { get; set; }

    public DbSet<Organization> Organizations => Set<Organization>();

    public DbSet<Api> Apis => Set<Api>();

    public DbSet<Plan> Plans => Set<Plan>();

    public DbSet<Application> Applications => Set<Application>();

    public DbSet<DynamicRegistration> DynamicRegistrations => Set<DynamicRegistration>();

    public DbSet<InitialAccessToken> InitialAccessTokens => Set<InitialAccessToken>();

    public DbSet<ApplicationOwner> ApplicationOwners => Set<ApplicationOwner>();

    public DbSet<ApplicationSecret> ApplicationSecrets => Set<ApplicationSecret>();

    public DbSet<Contract> Contracts => Set<Contract>();

    public DbSet<Problem> Problems => Set<Problem>();

    public DbSet<AuditEvent> AuditEvents => Set<AuditEvent>();

    public DbSet<Change> Changes => Set<Change>();

    public DbSet<RevokedToken> RevokedTokens => Set<RevokedToken>();

    public DbSet<Handle> Handles => Set<Handle>();

    public DbSet<Grant> Grants => Set<Grant>();

    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    public DbSet<UserSession> UserSessions => Set<UserSession>();

    public DbSet<LogoutNotice> LogoutNotices => Set<LogoutNotice>();

    public DbSet<Consent> Consents => Set<Consent>();

    public DbSet<SigningKeyRecord> SigningKeys => Set<SigningKeyRecord>();

    public DbSet<Setting> Settings => Set<Setting>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>Without a transaction, as Identity saves, it waits for the turn to write: within one the turn is taken already.</summary>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        using var turn = Store is null || Database.CurrentTransaction is not null ? null : await Store.WaitForTurnAsync(cancellationToken);
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(32);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(GatehouseDb).Assembly);
        // Ids are made with the object, so that a new row reached through a navigation is told from one that exists.
        foreach (var type in builder.Model.GetEntityTypes())
            if (type.FindPrimaryKey() is { Properties: [{ ClrType: var key } id] } && key == typeof(Guid)) id.ValueGenerated = ValueGenerated.Never;
    }

    // Not private: the compiled models name it.
    internal sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        instant => instant.ToUnixTimeMilliseconds(),
        milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}

/// <summary>The model on SQLite, with migrations of its own.</summary>
public sealed class SqliteGatehouseDb(DbContextOptions<SqliteGatehouseDb> options) : GatehouseDb(options);

/// <summary>The model on PostgreSQL, with migrations of its own.</summary>
public sealed class PostgresGatehouseDb(DbContextOptions<PostgresGatehouseDb> options) : GatehouseDb(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        // The transaction that wrote a change row, so that the tail can tell which rows may still be followed by older ones.
        // bigint instead of xid8: it has an index operator class and a 63-bit transaction id is as good as never used up.
        var change = builder.Entity<Change>();
        change.Property<long>("TransactionId").HasDefaultValueSql("pg_current_xact_id()::text::bigint").ValueGeneratedOnAdd();
        change.HasIndex("TransactionId");
    }
}
