using System.Text.Json;
using Gatehouse.AuthServer.ClientMetadata;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Registration;

/// <summary>Reads the JSON object of a registration: bounded, strict, once.</summary>
internal static class RegistrationBody
{
    private const int MaxBytes = 32 * 1024;

    /// <summary>The object, which the caller disposes; null when there is none.</summary>
    public static async ValueTask<JsonDocument?> ReadAsync(HttpRequest request)
    {
        if (!request.HasJsonContentType() || request.ContentLength > MaxBytes) return null;
        using var bytes = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MaxBytes) return null;
        }
        return MetadataReader.Parse(bytes.ToArray());
    }

    public static MetadataFault Fault { get; } =
        MetadataFault.InvalidMetadata($"Send one JSON object as application/json in UTF-8, without duplicate members, of up to {MaxBytes} bytes.");
}
