using System.Buffers.Text;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Gatehouse.Admin.Answers;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Admin.Requests;

/// <summary>Which part of a list is asked for. A cursor names the last row seen, so that a row added meanwhile shifts nothing.</summary>
internal readonly record struct Page
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    private const int MaxCursorLength = 1024;

    [FromQuery(Name = "limit"), Description("How many to return, 1 to 200. Default 50.")]
    public int? Limit { get; init; }

    [FromQuery(Name = "cursor"), Description("The next_cursor of the page before.")]
    public string? Cursor { get; init; }

    public int Take => Limit ?? DefaultLimit;

    /// <summary>Reads the cursor into the given number of keys; all null on the first page.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public Refused? Read(int count, out string?[] after)
    {
        after = new string?[count];
        if (Take is < 1 or > MaxLimit) return Refused.Invalid("limit", $"Give a limit of 1 to {MaxLimit}.");
        if (Cursor is null) return null;
        if (!TryDecode(Cursor, out var keys) || keys.Length != count)
            return Refused.Invalid("cursor", "This is no cursor of this list. Leave it out to start over.");
        after = keys;
        return null;
    }

    public static string Encode(params string[] keys) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(keys, RequestJson.Default.StringArray));

    private static bool TryDecode(string cursor, [NotNullWhen(true)] out string[]? keys)
    {
        keys = null;
        if (cursor.Length > MaxCursorLength || !Base64Url.IsValid(cursor)) return false;
        try
        {
            keys = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(cursor), RequestJson.Default.StringArray);
            return keys is not null && keys.All(key => key is not null && !key.Contains('\0', StringComparison.Ordinal));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
