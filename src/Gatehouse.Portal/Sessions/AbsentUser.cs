using System.Security.Cryptography;
using Gatehouse.Store.Model;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Gatehouse.Portal.Sessions;

/// <summary>Costs what checking a real user's password costs, and never accepts.</summary>
internal sealed class AbsentUser
{
    private readonly PasswordHasher<PortalUser> _hasher;
    private readonly PortalUser _nobody = new();
    private readonly Lazy<string> _hash;

    public AbsentUser(IOptions<PasswordHasherOptions> options)
    {
        _hasher = new PasswordHasher<PortalUser>(options);
        _hash = new Lazy<string>(() => _hasher.HashPassword(_nobody, RandomNumberGenerator.GetHexString(32)));
    }

    public void Verify(string password) => _hasher.VerifyHashedPassword(_nobody, _hash.Value, password);
}
