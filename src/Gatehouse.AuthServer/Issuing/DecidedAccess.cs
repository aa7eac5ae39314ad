using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>
/// What an application obtained for which scope parameter, for as long as neither it nor an API changes: both are immutable pictures, so the
/// same question has the same answer until one of them is replaced by another.
/// </summary>
internal sealed class DecidedAccess
{
    // An application asks for the same few scopes all its life; whoever invents more is decided about anew each time.
    private const int MaxRemembered = 16;

    private static readonly ConditionalWeakTable<RegisteredApplication, DecidedAccess> All = [];

    private readonly WeakReference<ApiSnapshot> _apis; // An application that has stopped asking keeps no old picture alive.
    private readonly ConcurrentDictionary<string, GrantedAccess> _byScope = new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal);
    private GrantedAccess? _withoutScope;

    private DecidedAccess(ApiSnapshot apis) => _apis = new WeakReference<ApiSnapshot>(apis);

    public static DecidedAccess Of(RegisteredApplication application, ApiSnapshot apis)
    {
        if (All.TryGetValue(application, out var known) && known._apis.TryGetTarget(out var seen) && ReferenceEquals(seen, apis)) return known;
        var fresh = new DecidedAccess(apis);
        All.AddOrUpdate(application, fresh);
        return fresh;
    }

    public bool TryGet(string? scope, [NotNullWhen(true)] out GrantedAccess? access)
    {
        access = Volatile.Read(ref _withoutScope);
        return scope is null ? access is not null : _byScope.TryGetValue(scope, out access);
    }

    public void Remember(string? scope, GrantedAccess access)
    {
        if (scope is null) Volatile.Write(ref _withoutScope, access);
        else if (_byScope.Count < MaxRemembered) _byScope.TryAdd(scope, access);
    }
}
