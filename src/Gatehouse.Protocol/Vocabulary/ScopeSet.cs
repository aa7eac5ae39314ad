using System.Buffers;
using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Protocol.Vocabulary;

/// <summary>A set of scope tokens, kept in the order they were given (RFC 6749 §3.3). Immutable.</summary>
public sealed class ScopeSet : IReadOnlyCollection<string>, IEquatable<ScopeSet>
{
    /// <summary>The most scope tokens one set may hold.</summary>
    public const int MaxCount = 128;

    private const int Few = 8;

    // %x21 / %x23-5B / %x5D-7E (RFC 6749 §3.3).
    private static readonly SearchValues<char> Characters = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code).Where(character => character is not ('"' or '\\'))]);

    private readonly string[] _ordered;
    private readonly FrozenSet<string>? _set; // Null where looking through a few is as quick, and making it would cost more than all else.
    private readonly string _text;

    private ScopeSet(string[] ordered)
    {
        _ordered = ordered;
        _set = ordered.Length > Few ? ordered.ToFrozenSet(StringComparer.Ordinal) : null;
        _text = ordered.Length == 1 ? ordered[0] : string.Join(' ', ordered);
    }

    public static ScopeSet Empty { get; } = new([]);

    public int Count => _ordered.Length;

    /// <summary>Makes a set of tokens that are known to be well-formed; duplicates are dropped.</summary>
    /// <exception cref="ArgumentException">A token breaks the grammar of RFC 6749 §3.3.</exception>
    public static ScopeSet Of(params IEnumerable<string> tokens)
    {
        var ordered = tokens.Distinct(StringComparer.Ordinal).ToArray();
        foreach (var token in ordered)
            if (!IsToken(token)) throw new ArgumentException($"'{token}' is not a scope token (RFC 6749 §3.3).", nameof(tokens));
        return ordered.Length == 0 ? Empty : new ScopeSet(ordered);
    }

    /// <summary>Reads <c>scope-token *( SP scope-token )</c>; an empty text is the empty set.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ScopeSet? scopes)
    {
        scopes = null;
        if (text.Length == 0)
        {
            scopes = Empty;
            return true;
        }
        if (IsToken(text))
        {
            scopes = new ScopeSet([text]);
            return true;
        }
        var tokens = text.Split(' ');
        if (tokens.Length > MaxCount || !Array.TrueForAll(tokens, IsToken)) return false;
        scopes = new ScopeSet([.. tokens.Distinct(StringComparer.Ordinal)]);
        return true;
    }

    /// <summary>One or more of %x21 / %x23-5B / %x5D-7E.</summary>
    public static bool IsToken(string text) =>
        text.Length is > 0 and <= 128 && !text.AsSpan().ContainsAnyExcept(Characters);

    public bool Contains(string token) => _set?.Contains(token) ?? _ordered.AsSpan().Contains(token);

    public bool IsSubsetOf(ScopeSet other) => _ordered.All(other.Contains);

    public bool SetEquals(ScopeSet other) => Count == other.Count && IsSubsetOf(other);

    public ScopeSet Intersect(ScopeSet other) => Of(_ordered.Where(other.Contains));

    public ScopeSet Except(ScopeSet other) => Of(_ordered.Where(token => !other.Contains(token)));

    public override string ToString() => _text;

    public bool Equals(ScopeSet? other) => other is not null && SetEquals(other);

    public override bool Equals(object? obj) => Equals(obj as ScopeSet);

    public override int GetHashCode() => _ordered.Aggregate(0, (hash, token) => hash ^ token.GetHashCode(StringComparison.Ordinal));

    public IEnumerator<string> GetEnumerator() => _ordered.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
