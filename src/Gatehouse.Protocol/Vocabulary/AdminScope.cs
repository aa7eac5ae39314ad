namespace Gatehouse.Protocol.Vocabulary;

/// <summary>The scope that opens the Admin API: for applications that speak for themselves, never for a user.</summary>
public static class AdminScope
{
    public const string Name = "gatehouse.admin";
}
