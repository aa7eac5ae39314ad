using System.Text.Json.Serialization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Secrets;

namespace Gatehouse.Founding;

/// <summary>A person who can sign in, with the generated first password.</summary>
public sealed record Account(
    [property: JsonPropertyName("email")] string Email, [property: JsonPropertyName("password")] string Password)
{
    public override string ToString() => Email;
}

/// <summary>An application's credentials.</summary>
public sealed record Credentials(
    [property: JsonPropertyName("client_id")] string ClientId, [property: JsonPropertyName("client_secret")] string ClientSecret)
{
    public override string ToString() => ClientId;
}

/// <summary>What every installation begins with: an organization, the Admin API as an API like any other, an operator and the operator's program.</summary>
public sealed class Founder(StoreDatabase database, KeyEncryptionKey key, TimeProvider clock)
{
    public const string AdminScope = Gatehouse.Protocol.Vocabulary.AdminScope.Name;
    public const string AdminApi = "gatehouse-admin";

    private readonly SecretOperations _secrets = new(database, new ClientSecretVault(key), clock);

    public ContractOperations Contracts { get; } = new(database, clock);

    public ApiOperations Apis { get; } = new(database, clock);

    public async Task<Organization> CreateOrganizationAsync(string slug, string name, CancellationToken cancellation = default)
    {
        var organization = new Organization { Slug = slug, Name = name, CreatedAt = clock.GetUtcNow() };
        await using var db = database.Open();
        db.Organizations.Add(organization);
        await db.SaveChangesAsync(cancellation);
        return organization;
    }

    public Task<Api> PublishAdminApiAsync(Organization organization, string adminUrl, CancellationToken cancellation = default) =>
        PublishAsync(new Api
        {
            OrganizationId = organization.Id, Slug = AdminApi, Name = "Gatehouse Admin API", Resource = adminUrl,
            Description = "Manages the applications, contracts and APIs of the organization.",
            Scopes = [new ApiScope { Token = AdminScope, Description = "Manage everything in the organization" }],
            Operations = [],
            Plans = [new Plan { Slug = "operators", Name = "Operators", ApprovedByHand = true, TokenLifetimeSeconds = 3600 }],
        }, cancellation);

    public async Task<Api> PublishAsync(Api api, CancellationToken cancellation = default) =>
        Require(await Apis.PublishAsync(api, Actor.System, cancellation));

    public async Task<(PortalUser User, Account Account)> CreateUserAsync(
        Organization organization, string email, string displayName, PortalRole role, CancellationToken cancellation = default)
    {
        var password = UserOperations.GeneratePassword();
        var user = await new UserOperations(database, clock)
            .CreateAsync(organization.Id, email, displayName, role, password, Actor.System, cancellation);
        return (Require(user), new Account(email, password));
    }

    /// <summary>Creates an application with an approved contract for one API, whatever its plan asks of others.</summary>
    public async Task<Credentials> CreateApplicationAsync(
        Organization organization, string name, string description, Api api, Guid? ownerId, CancellationToken cancellation = default)
    {
        var applications = new ApplicationOperations(database, _secrets, clock);
        var created = Require(await applications.CreateAsync(
            organization.Id, new ApplicationDraft(name) { Description = description }, ownerId, Actor.System, cancellation));
        var contract = Require(await Contracts.RequestAsync(created.Application.Id, api.Plans.First().Id, Actor.System, cancellation));
        Require(await Contracts.DecideAsync(contract.Id, ContractState.Approved, Actor.System, cancellation));
        return new Credentials(created.Application.ClientId, created.Secret.Reveal());
    }

    private static T Require<T>(Outcome<T> outcome)
        where T : class =>
        outcome.Value ?? throw new InvalidOperationException($"Founding failed: {outcome.Message}");
}
