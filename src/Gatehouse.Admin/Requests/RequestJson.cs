using System.Text.Json.Serialization;
using Gatehouse.Admin.Apis;
using Gatehouse.Admin.Applications;
using Gatehouse.Admin.Contracts;
using Gatehouse.Admin.Organization;
using Gatehouse.Admin.Registration;
using Gatehouse.Admin.Secrets;
using Gatehouse.Admin.Tokens;
using Gatehouse.Admin.Users;

namespace Gatehouse.Admin.Requests;

/// <summary>Every request body. Exact types: a number in quotes is no number.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    MaxDepth = AdminOptions.MaxBodyDepth,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ApplicationRequest))]
[JsonSerializable(typeof(NewApplicationRequest))]
[JsonSerializable(typeof(SecretRequest))]
[JsonSerializable(typeof(InitialAccessTokenRequest))]
[JsonSerializable(typeof(ContractRequest))]
[JsonSerializable(typeof(ContractDecision))]
[JsonSerializable(typeof(ApiRequest))]
[JsonSerializable(typeof(TokenRevocationRequest))]
[JsonSerializable(typeof(OrganizationRequest))]
[JsonSerializable(typeof(UserRequest))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class RequestJson : JsonSerializerContext;
