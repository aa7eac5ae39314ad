using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Admin.Applications;

[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ApplicationJson : JsonSerializerContext;
