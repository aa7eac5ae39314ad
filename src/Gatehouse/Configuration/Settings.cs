using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Configuration;

/// <summary>Values by their names, and a list of all that is wrong with them: nobody corrects a configuration one error at a time.</summary>
internal sealed class Settings(IConfiguration values)
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    /// <summary>The text as it stands; null when there is none.</summary>
    public string? this[string key] => values[key];

    /// <param name="error">A sentence that begins with the name and says what to give instead.</param>
    public void Add(string error) => _errors.Add(error);

    /// <summary>A whole number within bounds.</summary>
    public long Number(string key, long usual, long min, long max)
    {
        if (values[key] is not { Length: > 0 } text) return usual;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Add($"{key}: '{text}' is no whole number from {min} to {max}. Left out it is {usual}.");
        return usual;
    }

    /// <summary>Left out it is false.</summary>
    public bool Flag(string key)
    {
        var flag = false;
        if (values[key] is { Length: > 0 } text && !bool.TryParse(text, out flag)) Add($"{key}: '{text}' is neither true nor false.");
        return flag;
    }

    /// <summary>Words between commas.</summary>
    public string[] List(string key) => values[key]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>An https URL of host and port alone, which must be there.</summary>
    public string Url(string key, string example)
    {
        var text = values[key];
        if (string.IsNullOrWhiteSpace(text))
        {
            Add($"{key}: missing. Give the https URL by which consumers reach it, such as {example}.");
        }
        else if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps || url.PathAndQuery != "/" || text.EndsWith('/')
            || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
        {
            Add($"{key}: '{text}' is not an https URL of host and port alone, without a slash at its end, such as {example}.");
        }
        return text ?? string.Empty;
    }

    /// <summary>Where to listen, which must be there.</summary>
    public IPEndPoint? EndPoint(string key, string example)
    {
        if (values[key] is { Length: > 0 } text && text.Contains(':', StringComparison.Ordinal)
            && IPEndPoint.TryParse(text, out var endPoint) && endPoint.Port > 0) return endPoint;
        Add($"{key}: {(values[key] is null ? "missing" : "not an address and port")}. Give where to listen, such as {example}.");
        return null;
    }

    /// <summary>The name of a file that is there.</summary>
    public string? File(string key, string what)
    {
        if (values[key] is not { Length: > 0 } file) Add($"{key}: missing. Give {what}.");
        else if (!System.IO.File.Exists(file)) Add($"{key}: the file {file} does not exist.");
        else return file;
        return null;
    }

    /// <summary>The certificates of authorities in a PEM file; none when nothing is set.</summary>
    public X509Certificate2Collection Authorities(string key)
    {
        var authorities = new X509Certificate2Collection();
        if (values[key] is not { Length: > 0 } file) return authorities;
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            authorities.Clear();
        }
        if (authorities.Count == 0) Add($"{key}: {file} holds no certificates in PEM that this user may read.");
        return authorities;
    }
}
