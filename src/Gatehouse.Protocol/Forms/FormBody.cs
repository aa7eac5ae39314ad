using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Gatehouse.Protocol.Forms;

/// <summary>Why a body is not an acceptable <c>application/x-www-form-urlencoded</c> form.</summary>
public enum FormError
{
    None,
    InvalidEncoding,
    ControlCharacter,
    DuplicateParameter,
    TooManyParameters,
}

/// <summary>
/// The parameters of one request, each at most once (RFC 6749 §3.2) except those that name targets (RFC 8707 §2), read strictly: UTF-8
/// (RFC 6749 Appendix B), complete percent escapes, no control characters. A parameter without a value counts as omitted.
/// </summary>
public sealed class FormBody
{
    /// <summary>The largest body that is read, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxParameters = 64;

    // Octets that a component cannot have as they are: the two escapes, and controls.
    private static readonly SearchValues<byte> Special = SearchValues.Create([(byte)'%', (byte)'+', 0x7F, .. Enumerable.Range(0, 0x20).Select(value => (byte)value)]);

    private readonly List<(string Name, string Value)> _pairs = new(capacity: 6);

    private FormBody()
    {
    }

    /// <summary>The value, or null when the parameter is absent or empty.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var pair in _pairs)
                if (pair.Name == name) return pair.Value.Length == 0 ? null : pair.Value;
            return null;
        }
    }

    /// <summary>Every value of a parameter that may come more than once, without doubles.</summary>
    public IReadOnlyList<string> All(string name) => this[name] is null ? [] : ValuesOf(name);

    /// <summary>Parameters that came in another form; null when one is not to be read, as it would not be in a body.</summary>
    public static FormBody? Of(IEnumerable<(string Name, string Value)> parameters)
    {
        var encoded = string.Join('&', parameters.Select(pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}"));
        return encoded.Length <= MaxBytes && TryParse(Encoding.ASCII.GetBytes(encoded), out var form, out _) == FormError.None ? form : null;
    }

    /// <summary>Reads a body.</summary>
    /// <param name="body">The raw bytes.</param>
    /// <param name="form">The parameters when the answer is <see cref="FormError.None"/>, else what was read before the error.</param>
    /// <param name="culprit">The name of the offending parameter, when the error is about one and its name is printable.</param>
    public static FormError TryParse(ReadOnlySpan<byte> body, out FormBody form, out string? culprit)
    {
        form = new FormBody();
        culprit = null;
        var scratch = ArrayPool<byte>.Shared.Rent(body.Length + 1);
        try
        {
            foreach (var range in body.Split((byte)'&'))
            {
                var pair = body[range];
                if (pair.IsEmpty) continue;
                var equals = pair.IndexOf((byte)'=');
                var error = Decode(equals < 0 ? pair : pair[..equals], scratch, out var name);
                if (error != FormError.None) return error;
                error = Decode(equals < 0 ? [] : pair[(equals + 1)..], scratch, out var value);
                if (error == FormError.None) error = form.Add(name, value);
                if (error == FormError.None) continue;
                culprit = Printable(name);
                return error;
            }
            return FormError.None;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch, clearArray: true); // It held a client secret.
        }
    }

    private string[] ValuesOf(string name) => [.. _pairs.Where(pair => pair.Name == name).Select(pair => pair.Value).Distinct(StringComparer.Ordinal)];

    private FormError Add(string name, string value)
    {
        if (_pairs.Count >= MaxParameters) return FormError.TooManyParameters;
        var mayRepeat = MayRepeat(name);
        if (mayRepeat && value.Length == 0) return FormError.None;
        if (!mayRepeat)
            foreach (var pair in _pairs)
                if (pair.Name == name) return FormError.DuplicateParameter;
        _pairs.Add((name, value));
        return FormError.None;
    }

    /// <summary>Decodes one form-urlencoded component, as the user and password of HTTP Basic are (RFC 6749 §2.3.1).</summary>
    public static FormError Decode(ReadOnlySpan<byte> encoded, Span<byte> scratch, out string text)
    {
        text = string.Empty;
        if (!encoded.ContainsAny(Special)) return TryText(encoded, out text) ? FormError.None : FormError.InvalidEncoding;
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var value = encoded[i];
            if (value == '+')
            {
                value = (byte)' ';
            }
            else if (value == '%')
            {
                if (i + 2 >= encoded.Length || !TryHex(encoded[i + 1], out var high) || !TryHex(encoded[i + 2], out var low))
                    return FormError.InvalidEncoding;
                value = (byte)(high << 4 | low);
                i += 2;
            }
            if (value is < 0x20 and not (byte)'\r' and not (byte)'\n' and not (byte)'\t' or 0x7F) return FormError.ControlCharacter;
            scratch[length++] = value;
        }
        return TryText(scratch[..length], out text) ? FormError.None : FormError.InvalidEncoding;
    }

    private static bool TryText(ReadOnlySpan<byte> utf8, out string text)
    {
        if (WellKnown.TryGet(utf8, out text!)) return true;
        text = string.Empty;
        if (!Utf8.IsValid(utf8)) return false;
        text = Encoding.UTF8.GetString(utf8);
        return true;
    }

    // RFC 8707 §2; RFC 8693 §2.1.
    private static bool MayRepeat(string name) => name is "resource" or "audience";

    private static bool TryHex(byte digit, out int value)
    {
        value = char.IsAsciiHexDigit((char)digit) ? Convert.ToInt32(((char)digit).ToString(), 16) : -1;
        return value >= 0;
    }

    private static string? Printable(string name) =>
        name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? name : null;
}
