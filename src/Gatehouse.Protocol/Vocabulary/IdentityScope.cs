namespace Gatehouse.Protocol.Vocabulary;

/// <summary>The scopes of OpenID Connect Core §5.4: they open what is known of the user, and belong to no API.</summary>
public static class IdentityScope
{
    public const string OpenId = "openid";
    public const string Profile = "profile";
    public const string Email = "email";

    public static ScopeSet All { get; } = ScopeSet.Of(OpenId, Profile, Email);

    /// <summary>What a scope lets an application do, in words for the user.</summary>
    public static string InWords(string scope) => scope switch
    {
        OpenId => "Recognise you when you sign in",
        Profile => "See your name",
        Email => "See your e-mail address",
        _ => scope,
    };
}
