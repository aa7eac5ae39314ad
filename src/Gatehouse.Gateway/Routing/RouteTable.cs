using Gatehouse.Store.Registry;

namespace Gatehouse.Gateway.Routing;

/// <summary>The call that a request is.</summary>
public sealed record Route(RegisteredApi Api, RegisteredOperation Operation);

/// <summary>What a method and path lead to: a route, or no such path, or a path that has other methods.</summary>
public readonly record struct RouteMatch(Route? Route, IReadOnlyList<string> OtherMethods);

/// <summary>Finds the published call a request means. The tree is built anew when the catalog changes, and read without a lock.</summary>
public sealed class RouteTable(ApiCatalog catalog)
{
    private Built _built = new(ApiSnapshot.Empty, new RouteNode());

    public RouteMatch Match(string method, string path)
    {
        var built = Volatile.Read(ref _built);
        if (!ReferenceEquals(built.Snapshot, catalog.Current))
        {
            var snapshot = catalog.Current;
            Volatile.Write(ref _built, built = new Built(snapshot, Build(snapshot)));
        }
        return built.Root.Match(method, path);
    }

    private static RouteNode Build(ApiSnapshot snapshot)
    {
        var root = new RouteNode();
        foreach (var api in snapshot.All)
        {
            if (api.Upstream is null) continue; // Answered by this program itself, not behind the gateway.
            foreach (var operation in api.Operations) root.Add(operation.PathTemplate, new Route(api, operation));
        }
        return root;
    }

    private sealed record Built(ApiSnapshot Snapshot, RouteNode Root);
}
