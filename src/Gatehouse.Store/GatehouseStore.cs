using Gatehouse.Store.Changes;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Recording;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Secrets;
using Gatehouse.Store.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Store;

/// <summary>Adds the store to a node.</summary>
public static class GatehouseStore
{
    /// <summary>Adds the database, the node's registry that follows the change feed, and the operations that write.</summary>
    public static IServiceCollection AddGatehouseStore(this IServiceCollection services, StoreDatabase database, KeyEncryptionKey key)
    {
        services.AddSingleton(database);
        services.AddScoped(provider => provider.GetRequiredService<StoreDatabase>().Open());
        services.AddSingleton(key);
        services.AddSingleton<ClientSecretVault>();
        services.AddSingleton<SigningKeyVault>();

        services.AddSingleton<ApplicationRegistry>();
        services.AddSingleton<ApiCatalog>();
        services.AddSingleton<RevokedTokens>();
        services.AddSingleton<VerificationKeys>();
        services.AddSingleton<AccessCheck>();
        services.AddSingleton<DpopNonces>();
        services.AddSingleton<ChangeDelay>();

        services.AddSingleton<HandleRegister>();
        services.AddSingleton<InteractionRegister>();
        services.AddSingleton<ConsentRegister>();
        services.AddSingleton<GrantRegister>();
        services.AddSingleton<DeviceRegister>();
        services.AddSingleton<LogoutOutbox>();
        services.AddSingleton<LogoutRequestRegister>();
        services.AddSingleton<UserSessions>();
        services.AddSingleton<ReferenceTokens>();
        services.AddSingleton<SigningKeyRotation>();
        services.AddSingleton<RefreshTokenRegister>();
        services.AddSingleton<SecretOperations>();
        services.AddSingleton<ApplicationOperations>();
        services.AddSingleton<RegistrationOperations>();
        services.AddSingleton<RegistrationUpdates>();
        services.AddSingleton<InitialAccessTokens>();
        services.AddSingleton<ContractOperations>();
        services.AddSingleton<ApiOperations>();
        services.AddSingleton<TokenRevocation>();
        services.AddSingleton<UserOperations>();
        services.AddSingleton<OrganizationOperations>();

        services.AddWorker<ChangeFollower>();
        services.AddWorker<ProblemRecorder>();
        services.AddWorker<SecretUsage>();
        services.AddWorker<RegistrationUse>();
        services.AddWorker<ExpiredRows>();
        services.AddWorker<ChangePruning>();
        return services;
    }

    private static void AddWorker<T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
