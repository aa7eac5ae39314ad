using System.Collections.Frozen;
using Gatehouse.Store.Database;

namespace Gatehouse.Store.Registry;

/// <summary>All published APIs of this installation, as one immutable picture that is replaced when one of them changes.</summary>
public sealed class ApiCatalog(StoreDatabase database)
{
    private ApiSnapshot _current = ApiSnapshot.Empty;

    public ApiSnapshot Current => Volatile.Read(ref _current);

    internal async Task ReloadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation);
        var rows = await ApiStatements.ReadAllAsync(connection, cancellation);
        Volatile.Write(ref _current, new ApiSnapshot([.. rows.Select(row => new RegisteredApi(row))]));
    }
}

/// <summary>The APIs at one moment.</summary>
public sealed class ApiSnapshot
{
    private readonly FrozenDictionary<string, RegisteredApi> _byScope;
    private readonly FrozenDictionary<string, RegisteredApi> _byDetailsType;
    private readonly FrozenDictionary<Guid, RegisteredApi> _byId;
    private readonly FrozenDictionary<string, RegisteredApi> _byResource;

    internal ApiSnapshot(IReadOnlyList<RegisteredApi> all)
    {
        All = all;
        _byId = all.ToFrozenDictionary(api => api.Id);
        _byResource = all.ToFrozenDictionary(api => api.Resource, StringComparer.Ordinal);
        _byDetailsType = all.SelectMany(api => api.DetailsTypes.Keys.Select(type => (type, api))).ToFrozenDictionary(pair => pair.type, pair => pair.api, StringComparer.Ordinal);
        _byScope = all.SelectMany(api => api.Scopes.Select(scope => (scope, api))).ToFrozenDictionary(pair => pair.scope, pair => pair.api, StringComparer.Ordinal);
    }

    public static ApiSnapshot Empty { get; } = new([]);

    public IReadOnlyList<RegisteredApi> All { get; }

    public RegisteredApi? WithScope(string scope) => _byScope.GetValueOrDefault(scope);

    public RegisteredApi? WithResource(string resource) => _byResource.GetValueOrDefault(resource);

    public RegisteredApi? WithDetailsType(string type) => _byDetailsType.GetValueOrDefault(type);

    public RegisteredApi? Find(Guid id) => _byId.GetValueOrDefault(id);
}
