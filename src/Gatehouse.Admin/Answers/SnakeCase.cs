using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Admin.Answers;

/// <summary>Enumerations as RFC 7591 spells its values: <c>client_secret_basic</c>, never a number.</summary>
internal sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
