using System.Text.Json;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Database;
using Gatehouse.Store.Signatures;

namespace Gatehouse.Store.Registry;

/// <summary>The public halves of all signing keys, announced and retired ones too: what is served as JWK set and verified with.</summary>
public sealed class VerificationKeys(StoreDatabase database) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IReadOnlyList<PublishedKey> _current = [];

    /// <summary>Raised after the set was replaced, before another one can be; whoever hears it must not wait for a reload.</summary>
    public event Action? Changed;

    public IReadOnlyList<PublishedKey> Current => Volatile.Read(ref _current);

    /// <summary>Keeps a verifier's keys those of this node, from now on.</summary>
    public AccessTokenVerifier Follow(AccessTokenVerifier verifier)
    {
        // Subscribe first: keys that arrive in between are set twice rather than missed.
        Changed += SetKeys;
        SetKeys();
        return verifier;

        void SetKeys() => verifier.SetKeys([.. Current.Select(published => published.Key)]);
    }

    public async Task ReloadAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation); // Or what was read before another reload could be set after it.
        try
        {
            await using var connection = await database.ConnectAsync(cancellation);
            var rows = await connection.ListAsync("""SELECT "PublicKey" FROM "SigningKeys" ORDER BY "CreatedAt" DESC""", row => row.Text(0), cancellation);
            // What was read before stays, with what it has prepared for many signatures.
            var known = Current;
            Volatile.Write(ref _current, [.. rows.Select(json => known.FirstOrDefault(published => published.Json == json) ?? PublishedKey.Read(json))]);
            Changed?.Invoke(); // In the turn: an older set must not be told of after a newer one.
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}

/// <summary>The public half of a signing key, and the JWK that it is published as.</summary>
public sealed record PublishedKey(PublicJwk Key, string Json)
{
    /// <summary>Its name: the RFC 7638 thumbprint.</summary>
    public string Kid => Key.Thumbprint;

    internal static PublishedKey Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (!PublicJwk.TryParse(document.RootElement, SignatureLibrary.Instance, out var key))
            throw new StoreUnusableException("The public half of a signing key is damaged in the store.");
        key.ExpectMany(SignatureLibrary.Instance);
        return new PublishedKey(key, json);
    }
}
