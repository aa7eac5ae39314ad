using System.Buffers.Text;
using System.Security.Cryptography;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Operations;

/// <summary>Creates portal users with a given first password.</summary>
public sealed class UserOperations(StoreDatabase database, TimeProvider clock)
{
    /// <summary>The shortest password that is accepted, in characters (NIST SP 800-63B recommends length over composition).</summary>
    public const int MinPasswordLength = 12;

    private static readonly PasswordHasher<PortalUser> Hasher = new();

    /// <summary>A first password to hand over: 120 random bits, long enough that nobody guesses it and short enough to type.</summary>
    public static string GeneratePassword() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(15));

    public async Task<Outcome<PortalUser>> CreateAsync(
        Guid organizationId, string email, string displayName, PortalRole role, string password, Actor actor, CancellationToken cancellation = default)
    {
        email = email.Trim();
        if (email.Length is < 3 or > 254 || email.Count(c => c == '@') != 1 || email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            return Outcome<PortalUser>.Invalid("email", "Give an e-mail address.");
        if (displayName.Length > 128 || displayName.Any(char.IsControl)) return Outcome<PortalUser>.Invalid("display_name", "The name may have up to 128 characters.");
        if (password.Length is < MinPasswordLength or > 128) return Outcome<PortalUser>.Invalid("password", $"A password has {MinPasswordLength} to 128 characters.");
        var now = clock.GetUtcNow();
        await using var db = database.Open();
        // The spelling that ASP.NET Core Identity looks users up by.
        var normalized = email.ToUpperInvariant();
        if (await db.Users.AnyAsync(row => row.NormalizedUserName == normalized, cancellation))
            return Outcome<PortalUser>.Conflict("A user with this e-mail address exists already.");
        var user = new PortalUser
        {
            OrganizationId = organizationId, Role = role, DisplayName = displayName.Trim(),
            UserName = email, NormalizedUserName = normalized, Email = email, NormalizedEmail = normalized, EmailConfirmed = true,
            SecurityStamp = Guid.NewGuid().ToString("N"), LockoutEnabled = true,
        };
        user.PasswordHash = Hasher.HashPassword(user, password);
        db.Users.Add(user);
        db.Audit(now, actor, organizationId, "user.created", user.Id.ToString(), $"{role}");
        await db.SaveChangesAsync(cancellation);
        return user;
    }
}
