namespace Gatehouse.Gateway.Routing;

/// <summary>
/// One segment of the path tree. A literal beats a parameter; a parameter takes exactly one segment that is not empty and cannot be read as
/// more than one: an encoded slash or a backslash in it matches nothing, because an upstream might take it for a separator. Nor does a path match
/// in which a segment differs from a literal at its place by case alone, whatever a parameter before it would take: an upstream that ignores case
/// would run another call than was decided.
/// </summary>
internal sealed class RouteNode
{
    // Where a path leads that is a call only to those who ignore case: it has none.
    private static readonly RouteNode InOtherLetters = new();

    private readonly Dictionary<string, RouteNode> _literals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<RouteNode>> _inAnyCase = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);
    private RouteNode? _parameter;
    private bool _hasTwins; // Two literals here differ by case alone.

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
            node = node._literals.TryGetValue(segment, out var next) ? next : node.AddLiteral(segment);
        }
        node._routes[route.Operation.Method] = route;
    }

    public RouteMatch Match(string method, string path)
    {
        if (path.Length == 0 || path[0] != '/' || Find(path.AsSpan(1), out _) is not { } node || node == InOtherLetters) return new RouteMatch(null, []);
        // RFC 9110 §9.3.2: HEAD is GET without the body.
        return node._routes.TryGetValue(method, out var route) || (method == "HEAD" && node._routes.TryGetValue("GET", out route))
            ? new RouteMatch(route, [])
            : new RouteMatch(null, [.. node._routes.Keys.Order(StringComparer.Ordinal)]);
    }

    // What was found by names alone is the call. What went through a parameter is none when other letters lead to another one, which an upstream
    // that ignores case might prefer.
    private RouteNode? Find(ReadOnlySpan<char> rest, out bool isByNames)
    {
        var slash = rest.IndexOf('/');
        var segment = slash < 0 ? rest : rest[..slash];
        _literals.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(segment, out var literal);
        isByNames = true;
        var found = literal?.Continue(rest, slash, out isByNames);
        if (found is not null && isByNames) return found;
        if ((literal is null || _hasTwins) && _inAnyCase.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(segment, out var alike))
            foreach (var other in alike)
                if (literal is null || (other != literal && other.Continue(rest, slash, out _) is not null)) return InOtherLetters;
        if (found is not null) return found;
        isByNames = false;
        return _parameter is not null && IsOneSegment(segment) ? _parameter.Continue(rest, slash, out _) : null;
    }

    private RouteNode AddLiteral(string segment)
    {
        var node = new RouteNode();
        _literals.Add(segment, node);
        if (!_inAnyCase.TryGetValue(segment, out var alike)) _inAnyCase.Add(segment, alike = []);
        alike.Add(node);
        _hasTwins |= alike.Count > 1;
        return node;
    }

    private RouteNode? Continue(ReadOnlySpan<char> rest, int slash, out bool isByNames)
    {
        isByNames = true;
        return slash >= 0 ? Find(rest[(slash + 1)..], out isByNames) : _routes.Count > 0 ? this : null;
    }

    private static bool IsOneSegment(ReadOnlySpan<char> segment) =>
        !segment.IsEmpty && segment is not "." and not ".." && !segment.ContainsAny("\\;")
        && !segment.Contains("%2F", StringComparison.OrdinalIgnoreCase) && !segment.ContainsAnyInRange('\0', '\u001f') && !segment.Contains('\u007f');
}
