namespace Gatehouse.Gateway.Routing;

/// <summary>
/// One segment of the path tree. A literal beats a parameter; a parameter takes exactly one segment that is not empty and cannot be read as
/// more than one: an encoded slash or a backslash in it matches nothing, because an upstream might take it for a separator. Nor does a literal
/// beside it in other letters' case, because an upstream that ignores case would take it for the literal, whose scope is another.
/// </summary>
internal sealed class RouteNode
{
    private readonly Dictionary<string, RouteNode> _literals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _literalsInAnyCase = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);
    private RouteNode? _parameter;

    public void Add(string template, Route route)
    {
        var node = this;
        foreach (var segment in template[1..].Split('/'))
        {
            if (segment is ['{', .., '}'])
            {
                node = node._parameter ??= new RouteNode();
                continue;
            }
            if (!node._literals.TryGetValue(segment, out var next)) node._literals.Add(segment, next = new RouteNode());
            node._literalsInAnyCase.Add(segment);
            node = next;
        }
        node._routes[route.Operation.Method] = route;
    }

    public RouteMatch Match(string method, string path)
    {
        if (path.Length == 0 || path[0] != '/' || Find(path.AsSpan(1)) is not { } node) return new RouteMatch(null, []);
        // RFC 9110 §9.3.2: HEAD is GET without the body.
        return node._routes.TryGetValue(method, out var route) || (method == "HEAD" && node._routes.TryGetValue("GET", out route))
            ? new RouteMatch(route, [])
            : new RouteMatch(null, [.. node._routes.Keys.Order(StringComparer.Ordinal)]);
    }

    private RouteNode? Find(ReadOnlySpan<char> rest)
    {
        var slash = rest.IndexOf('/');
        var segment = slash < 0 ? rest : rest[..slash];
        var isLiteral = _literals.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(segment, out var literal);
        if (literal?.Continue(rest, slash) is { } found) return found;
        if (_parameter is null || !IsOneSegment(segment)) return null;
        if (!isLiteral && _literalsInAnyCase.GetAlternateLookup<ReadOnlySpan<char>>().Contains(segment)) return null;
        return _parameter.Continue(rest, slash);
    }

    private RouteNode? Continue(ReadOnlySpan<char> rest, int slash) =>
        slash >= 0 ? Find(rest[(slash + 1)..]) : _routes.Count > 0 ? this : null;

    private static bool IsOneSegment(ReadOnlySpan<char> segment) =>
        !segment.IsEmpty && segment is not "." and not ".." && !segment.ContainsAny("\\;")
        && !segment.Contains("%2F", StringComparison.OrdinalIgnoreCase) && !segment.ContainsAnyInRange('\0', '\u001f');
}
