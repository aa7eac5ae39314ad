using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Gatehouse.Protocol.Jose;

/// <summary>The public keys of somebody else (RFC 7517 §5). Keys that cannot be used here are passed over, as the RFC asks.</summary>
public sealed class JwkSet
{
    /// <summary>The most characters of a set that is read.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>The most keys a set may hold: an issuer that signs with every algorithm publishes up to three keys of each.</summary>
    public const int MaxKeys = 32;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    private readonly IReadOnlyList<PublicJwk> _keys;

    private JwkSet(IReadOnlyList<PublicJwk> keys) => _keys = keys;

    public static JwkSet Empty { get; } = new([]);

    /// <summary>How many of its keys can be used.</summary>
    public int Count => _keys.Count;

    /// <summary>By which a person tells the keys apart (RFC 7638).</summary>
    public IReadOnlyList<string> Thumbprints => [.. _keys.Select(key => key.Thumbprint)];

    public bool Contains(string kid) => _keys.Any(key => key.Kid == kid);

    /// <param name="json">The set.</param>
    /// <param name="library">Verifies what the base class library does not; null: such keys are passed over.</param>
    /// <param name="set">Set when the answer is true.</param>
    /// <param name="maxLength">The most characters that are read.</param>
    public static bool TryParse(string json, ISignatureLibrary? library, [NotNullWhen(true)] out JwkSet? set, int maxLength = MaxLength)
    {
        set = null;
        if (json.Length > maxLength) return false;
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out var keys)
                || keys.ValueKind != JsonValueKind.Array || keys.GetArrayLength() > MaxKeys) return false;
            var usable = new List<PublicJwk>();
            foreach (var item in keys.EnumerateArray())
                if (PublicJwk.TryParse(item, library, out var key)) usable.Add(key);
            // Two keys under one name: nobody could say which of them signed.
            var named = usable.Where(key => key.Kid is not null).ToList();
            if (named.DistinctBy(key => key.Kid).Count() != named.Count) return false;
            set = new JwkSet(usable);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return false; // InvalidOperationException: a text inside that is no Unicode. ArgumentException: the whole is none.
        }
    }

    /// <summary>True when the certificate is one of the set, or of a key of it that came without one (RFC 8705 §2.2).</summary>
    public bool Holds(X509Certificate2 certificate) => _keys.Any(key => key.IsOf(certificate));

    /// <summary>True when one of the keys made the signature: the one that the header names, or any when it names none.</summary>
    public bool Verifies(CompactJws jws, IReadOnlyCollection<string> allowedAlgorithms)
    {
        if (jws.HeaderText("alg") is not { } algorithm || !allowedAlgorithms.Contains(algorithm)) return false;
        if (jws.Header.TryGetProperty("kid", out _) && jws.HeaderText("kid") is null) return false;
        var kid = jws.HeaderText("kid");
        return _keys.Any(key => (kid is null || key.Kid == kid) && key.Verify(algorithm, jws.SigningInput, jws.Signature));
    }
}
