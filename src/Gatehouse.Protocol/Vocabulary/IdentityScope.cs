namespace Gatehouse.Protocol.Vocabulary;

/// <summary>The scopes of OpenID Connect Core §5.4 and §11: they open what is known of the user, and belong to no API.</summary>
public static class IdentityScope
{
    public const string OpenId = "openid";
    public const string Profile = "profile";
    public const string Email = "email";

    /// <summary>Refresh tokens outlive the session in which the user signed in (§11).</summary>
    public const string OfflineAccess = "offline_access";

    public static ScopeSet All { get; } = ScopeSet.Of(OpenId, Profile, Email, OfflineAccess);

    /// <summary>What a scope lets an application do, in words for the user.</summary>
    public static string InWords(string scope) => scope switch
    {
        OpenId => "Recognise you when you sign in",
        Profile => "See your name",
        Email => "See your e-mail address",
        OfflineAccess => "Go on after you have signed out",
        _ => scope,
    };
}
