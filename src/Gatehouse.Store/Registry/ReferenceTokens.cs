using System.Text.Json;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Store.Database;
using Gatehouse.Store.Handles;

namespace Gatehouse.Store.Registry;

/// <summary>
/// Access tokens that say nothing by themselves. The store keeps what they stand for under a hash, so that whoever reads the database holds
/// no token.
/// </summary>
public sealed class ReferenceTokens(HandleRegister handles)
{
    private const string Prefix = "ghat_";
    private const int Length = 5 + 43;

    /// <summary>A new token: 256 random bits after a prefix by which people and scanners know it.</summary>
    public static string NewValue() => Prefix + HandleRegister.NewValue();

    public static bool LooksLikeOne(ReadOnlySpan<char> token) => token.Length == Length && token.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What a token stands for, until it expires.</summary>
    public async ValueTask<Lookup<AccessTokenClaims>> FindAsync(string token, CancellationToken cancellation)
    {
        try
        {
            return await handles.FindAsync(HandleKind.ReferenceToken, token, cancellation) is { } row && Read(row.Content) is { } claims
                ? Lookup<AccessTokenClaims>.Found(claims) : Lookup<AccessTokenClaims>.Absent;
        }
        catch (Exception exception) when (StoreFault.IsAway(exception))
        {
            return Lookup<AccessTokenClaims>.Unknown;
        }
    }

    private static AccessTokenClaims? Read(string content)
    {
        using var json = JsonDocument.Parse(content);
        return AccessTokenClaims.Read(json.RootElement);
    }
}
