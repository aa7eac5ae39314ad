using Gatehouse.Protocol.Certificates;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gatehouse.Store.Database;

/// <summary>Keys, lengths and indexes that the classes of the model do not say by themselves.</summary>
internal sealed class Tables :
    IEntityTypeConfiguration<Organization>,
    IEntityTypeConfiguration<Api>,
    IEntityTypeConfiguration<ApiScope>,
    IEntityTypeConfiguration<ApiDetailsType>,
    IEntityTypeConfiguration<ApiOperation>,
    IEntityTypeConfiguration<Plan>,
    IEntityTypeConfiguration<Application>,
    IEntityTypeConfiguration<DynamicRegistration>,
    IEntityTypeConfiguration<InitialAccessToken>,
    IEntityTypeConfiguration<ApplicationOwner>,
    IEntityTypeConfiguration<ApplicationSecret>,
    IEntityTypeConfiguration<Contract>,
    IEntityTypeConfiguration<Problem>,
    IEntityTypeConfiguration<AuditEvent>,
    IEntityTypeConfiguration<Change>,
    IEntityTypeConfiguration<RevokedToken>,
    IEntityTypeConfiguration<Handle>,
    IEntityTypeConfiguration<Grant>,
    IEntityTypeConfiguration<RefreshToken>,
    IEntityTypeConfiguration<Consent>,
    IEntityTypeConfiguration<UserSession>,
    IEntityTypeConfiguration<LogoutNotice>,
    IEntityTypeConfiguration<SigningKeyRecord>,
    IEntityTypeConfiguration<Setting>
{
    public void Configure(EntityTypeBuilder<Organization> table)
    {
        table.Property(row => row.Slug).HasMaxLength(64);
        table.Property(row => row.Name).HasMaxLength(128);
        table.HasIndex(row => row.Slug).IsUnique();
    }

    public void Configure(EntityTypeBuilder<Api> table)
    {
        table.Property(row => row.Slug).HasMaxLength(64);
        table.Property(row => row.Name).HasMaxLength(128);
        table.Property(row => row.Resource).HasMaxLength(512);
        table.HasIndex(row => new { row.OrganizationId, row.Slug }).IsUnique();
        table.HasIndex(row => row.Resource).IsUnique();
        table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId);
        table.HasMany(row => row.Scopes).WithOne().HasForeignKey(row => row.ApiId);
        table.HasMany(row => row.DetailsTypes).WithOne().HasForeignKey(row => row.ApiId);
        table.HasMany(row => row.Operations).WithOne().HasForeignKey(row => row.ApiId);
        table.HasMany(row => row.Plans).WithOne(row => row.Api).HasForeignKey(row => row.ApiId);
    }

    public void Configure(EntityTypeBuilder<ApiScope> table)
    {
        table.ToTable("ApiScopes");
        table.HasKey(row => new { row.ApiId, row.Token });
        table.Property(row => row.Token).HasMaxLength(128);
        // A scope names one API, so that a token's audience follows from its scopes.
        table.HasIndex(row => row.Token).IsUnique();
    }

    public void Configure(EntityTypeBuilder<ApiDetailsType> table)
    {
        table.ToTable("ApiDetailsTypes");
        table.HasKey(row => new { row.ApiId, row.Type });
        table.Property(row => row.Type).HasMaxLength(ApiDetailsType.MaxTypeLength);
        // As a scope: it names one API.
        table.HasIndex(row => row.Type).IsUnique();
    }

    public void Configure(EntityTypeBuilder<ApiOperation> table)
    {
        table.ToTable("ApiOperations");
        table.HasKey(row => new { row.ApiId, row.Method, row.PathTemplate });
        table.Property(row => row.Method).HasMaxLength(16);
        table.Property(row => row.PathTemplate).HasMaxLength(512);
        table.Property(row => row.Scope).HasMaxLength(128);
    }

    public void Configure(EntityTypeBuilder<Plan> table)
    {
        table.Property(row => row.Slug).HasMaxLength(64);
        table.Property(row => row.Name).HasMaxLength(128);
        table.HasIndex(row => new { row.ApiId, row.Slug }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<Application> table)
    {
        table.Property(row => row.ClientId).HasMaxLength(Application.MaxClientIdLength);
        table.Property(row => row.Name).HasMaxLength(128);
        table.Property(row => row.Description).HasMaxLength(1000);
        table.Property(row => row.CertificateSubject).HasMaxLength(CertificateSubject.MaxLength + 64);
        table.HasIndex(row => row.ClientId).IsUnique();
        table.HasIndex(row => new { row.OrganizationId, row.Name });
        table.HasOne(row => row.Organization).WithMany().HasForeignKey(row => row.OrganizationId);
        table.HasMany(row => row.Secrets).WithOne().HasForeignKey(row => row.ApplicationId);
        table.HasMany(row => row.Owners).WithOne().HasForeignKey(row => row.ApplicationId);
        table.HasMany(row => row.Contracts).WithOne(row => row.Application).HasForeignKey(row => row.ApplicationId);
    }

    public void Configure(EntityTypeBuilder<DynamicRegistration> table)
    {
        table.HasKey(row => row.ApplicationId);
        table.HasOne(row => row.Application).WithOne(row => row.Registration).HasForeignKey<DynamicRegistration>(row => row.ApplicationId);
        table.HasIndex(row => row.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<InitialAccessToken> table)
    {
        table.Property(row => row.Label).HasMaxLength(64);
        table.HasIndex(row => row.Key).IsUnique();
        table.HasIndex(row => row.OrganizationId);
        table.HasIndex(row => row.ExpiresAt);
        table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId);
    }

    public void Configure(EntityTypeBuilder<ApplicationOwner> table)
    {
        table.HasKey(row => new { row.ApplicationId, row.UserId });
        table.HasOne<PortalUser>().WithMany().HasForeignKey(row => row.UserId);
        table.HasIndex(row => row.UserId);
    }

    public void Configure(EntityTypeBuilder<ApplicationSecret> table) => table.Property(row => row.Label).HasMaxLength(64);

    public void Configure(EntityTypeBuilder<Contract> table)
    {
        table.HasIndex(row => new { row.ApplicationId, row.ApiId }).IsUnique();
        table.HasOne(row => row.Api).WithMany().HasForeignKey(row => row.ApiId);
        table.HasOne(row => row.Plan).WithMany().HasForeignKey(row => row.PlanId);
    }

    public void Configure(EntityTypeBuilder<Problem> table)
    {
        table.HasIndex(row => new { row.ApplicationId, row.At });
        table.HasOne<Application>().WithMany().HasForeignKey(row => row.ApplicationId);
        table.Property(row => row.TraceId).HasMaxLength(64);
        table.Property(row => row.Code).HasMaxLength(64);
        table.Property(row => row.Cause).HasMaxLength(512);
        table.Property(row => row.SourceAddress).HasMaxLength(64);
    }

    public void Configure(EntityTypeBuilder<AuditEvent> table)
    {
        table.HasIndex(row => new { row.OrganizationId, row.At });
        table.HasIndex(row => row.Subject);
    }

    public void Configure(EntityTypeBuilder<Change> table)
    {
        table.HasKey(row => row.Position);
        table.Property(row => row.Position).ValueGeneratedOnAdd();
        table.HasIndex(row => row.At);
    }

    public void Configure(EntityTypeBuilder<RevokedToken> table)
    {
        table.HasKey(row => row.TokenId);
        table.Property(row => row.TokenId).HasMaxLength(128);
        table.HasIndex(row => row.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<Handle> table)
    {
        table.HasKey(row => row.Key);
        table.HasIndex(row => row.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<Grant> table)
    {
        table.HasOne<Application>().WithMany().HasForeignKey(row => row.ApplicationId);
        table.HasOne<PortalUser>().WithMany().HasForeignKey(row => row.UserId);
        table.HasMany(row => row.RefreshTokens).WithOne(row => row.Grant).HasForeignKey(row => row.GrantId);
        table.Property(row => row.SessionId).HasMaxLength(64);
        table.HasIndex(row => new { row.UserId, row.ApplicationId });
        table.HasIndex(row => row.SessionId);
        table.HasIndex(row => row.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<RefreshToken> table)
    {
        table.HasKey(row => row.Key);
        table.HasIndex(row => row.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<Consent> table)
    {
        table.HasKey(row => new { row.ApplicationId, row.UserId });
        table.HasOne(row => row.Application).WithMany().HasForeignKey(row => row.ApplicationId);
        table.HasOne<PortalUser>().WithMany().HasForeignKey(row => row.UserId);
        table.HasIndex(row => row.UserId);
    }

    public void Configure(EntityTypeBuilder<UserSession> table)
    {
        table.HasKey(row => row.Key);
        table.Property(row => row.PublicId).HasMaxLength(64);
        table.HasOne<PortalUser>().WithMany().HasForeignKey(row => row.UserId);
        table.HasIndex(row => new { row.UserId, row.BegunAt });
        table.HasIndex(row => row.BegunAt);
        table.HasIndex(row => row.PublicId);
    }

    public void Configure(EntityTypeBuilder<LogoutNotice> table)
    {
        table.Property(row => row.SessionId).HasMaxLength(64);
        table.HasOne(row => row.Application).WithMany().HasForeignKey(row => row.ApplicationId);
        table.HasIndex(row => row.DueAt);
        table.HasIndex(row => row.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<SigningKeyRecord> table) => table.HasKey(row => row.Kid);

    public void Configure(EntityTypeBuilder<Setting> table) => table.HasKey(row => row.Name);
}
