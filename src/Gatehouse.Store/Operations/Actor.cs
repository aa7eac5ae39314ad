namespace Gatehouse.Store.Operations;

/// <summary>Who does something, as the audit names it.</summary>
public readonly record struct Actor(string Name)
{
    public static Actor System { get; } = new("system");

    /// <summary>An application that nobody here knew before.</summary>
    public static Actor SelfRegistration { get; } = new("registration");

    public static Actor User(Guid userId) => new($"user:{userId}");

    public static Actor Client(string clientId) => new($"client:{clientId}");
}

/// <summary>What an operation refused, in words for the person or program that asked.</summary>
public enum Refusal
{
    None,
    NotFound,

    /// <summary>The input breaks a rule that the message names.</summary>
    Invalid,

    /// <summary>The present state does not allow it.</summary>
    Conflict,
}

/// <summary>The value of an operation, or why there is none. <paramref name="Field"/> names the input at fault, in RFC 7591 spelling.</summary>
public readonly record struct Outcome<T>(T? Value, Refusal Refusal, string Message = "", string Field = "")
    where T : class
{
    public bool Succeeded => Refusal == Refusal.None;

    public static implicit operator Outcome<T>(T value) => new(value, Refusal.None);

    public static Outcome<T> NotFound(string what) => new(null, Refusal.NotFound, $"There is no such {what}.");

    public static Outcome<T> Invalid(string field, string message) => new(null, Refusal.Invalid, message, field);

    public static Outcome<T> Conflict(string message) => new(null, Refusal.Conflict, message);
}
