using System.Diagnostics;

namespace Gatehouse.Client;

/// <summary>The secret of an application. It has no public way out: <see cref="ToString"/>, a debugger and a serializer show a
/// placeholder or nothing.</summary>
[DebuggerDisplay("[client secret]")]
public sealed class ClientSecret
{
    /// <param name="value">The secret as the portal shows it: 1 to 1024 printable ASCII characters (RFC 6749 appendix A.2). Checked by
    /// <see cref="AccessTokenSource"/> together with the other options.</param>
    public ClientSecret(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Value = value;
    }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal string Value { get; }

    /// <summary>A placeholder, never the secret.</summary>
    public override string ToString() => "[client secret]";
}
