namespace Gatehouse.Tests.Shared;

/// <summary>A person of the portal.</summary>
public sealed record Account(string Email, string Password);
