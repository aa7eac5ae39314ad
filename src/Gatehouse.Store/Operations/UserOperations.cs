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
        displayName = displayName.Trim();
        if (Check(email, displayName, password) is { } fault) return Outcome<PortalUser>.Invalid(fault.Field, fault.Message);
        var hash = Hasher.HashPassword(new PortalUser(), password); // It takes long: not while others wait for the transaction.
        return await database.WriteAsync<PortalUser>(async db =>
        {
            // The spelling that ASP.NET Core Identity looks users up by.
            var normalized = email.ToUpperInvariant();
            if (await db.Users.AnyAsync(row => row.NormalizedUserName == normalized, cancellation))
                return Outcome<PortalUser>.Conflict("A user with this e-mail address exists already.");
            var user = new PortalUser
            {
                OrganizationId = organizationId, Role = role, DisplayName = displayName,
                UserName = email, NormalizedUserName = normalized, Email = email, NormalizedEmail = normalized,
                SecurityStamp = Guid.NewGuid().ToString("N"), LockoutEnabled = true, PasswordHash = hash,
            };
            db.Users.Add(user);
            db.Audit(clock.GetUtcNow(), actor, organizationId, "user.created", user.Id.ToString(), $"{role}");
            return user;
        }, cancellation);
    }

    private static (string Field, string Message)? Check(string email, string displayName, string password)
    {
        if (email.Length is < 3 or > 254 || email.Count(c => c == '@') != 1 || email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            return ("email", "Give an e-mail address.");
        if (displayName.Length > 128 || displayName.Any(char.IsControl)) return ("display_name", "The name may have up to 128 characters.");
        return password.Length is < MinPasswordLength or > 128
            ? ("password", $"A password has {MinPasswordLength} to 128 characters.")
            : null;
    }
}
