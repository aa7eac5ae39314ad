using System.Text.Json;
using Gatehouse.Portal.Sessions;
using Gatehouse.Protocol.Vocabulary;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Gatehouse.Portal.Reveal;

/// <summary>A secret that the next page shows, and no page after it.</summary>
internal sealed record ShownSecret(Guid SecretId, string Text, bool IsNew)
{
    public override string ToString() => "[client secret]";
}

/// <summary>
/// Carries a secret over the redirect from the form to the page that shows it: encrypted in a cookie, for two minutes, for one user and one
/// application. It never stands in a URL.
/// </summary>
internal sealed class OneTimeSecret(IDataProtectionProvider protection)
{
    private const string Key = "secret";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    public void Keep(ITempDataDictionary next, PortalSession session, Guid applicationId, Guid secretId, ClientSecret secret, bool isNew) =>
        next[Key] = ProtectorFor(session, applicationId)
            .Protect(JsonSerializer.Serialize(new ShownSecret(secretId, secret.Reveal(), isNew)), Lifetime);

    public ShownSecret? Take(ITempDataDictionary now, PortalSession session, Guid applicationId)
    {
        if (now[Key] is not string sealedText) return null;
        try
        {
            return JsonSerializer.Deserialize<ShownSecret>(ProtectorFor(session, applicationId).Unprotect(sealedText));
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null; // Too late, or meant for somebody or something else: it stays hidden.
        }
    }

    private ITimeLimitedDataProtector ProtectorFor(PortalSession session, Guid applicationId) =>
        protection.CreateProtector("Gatehouse.Portal.OneTimeSecret", session.SessionId, applicationId.ToString())
            .ToTimeLimitedDataProtector();
}
