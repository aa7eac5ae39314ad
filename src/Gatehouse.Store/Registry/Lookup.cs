namespace Gatehouse.Store.Registry;

/// <summary>
/// The three answers of a look-up: found, absent, unknown. Unknown means the store could not be asked: that is a 503 and never
/// <c>invalid_client</c>.
/// </summary>
public readonly record struct Lookup<T>
    where T : class
{
    private Lookup(T? value, bool isKnown) => (Value, IsKnown) = (value, isKnown);

    /// <summary>The value when found, else null.</summary>
    public T? Value { get; }

    public bool IsKnown { get; }

    public static Lookup<T> Absent { get; } = new(null, isKnown: true);

    public static Lookup<T> Unknown { get; } = new(null, isKnown: false);

    public static Lookup<T> Found(T value) => new(value, isKnown: true);
}
