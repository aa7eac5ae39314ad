using System.Globalization;
using System.Text.Json;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;

namespace Gatehouse.AuthServer.ClientMetadata;

/// <summary>Client metadata as it was read, in the store's words.</summary>
internal sealed record ReadMetadata(ApplicationDraft Draft, ScopeSet? Scope, RegistrationDetails Details);

/// <summary>
/// Reads client metadata (RFC 7591 §2) strictly in type and length. Unknown members are ignored, as the RFC demands. What the store's rules on
/// applications say is left to them.
/// </summary>
internal static class MetadataReader
{
    private const int MaxText = 512;
    private const int MaxListed = 20;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 10, AllowDuplicateProperties = false };

    /// <summary>An object out of UTF-8; null when it is none.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            if (!System.Text.Unicode.Utf8.IsValid(utf8.Span)) return null;
            var document = JsonDocument.Parse(utf8, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="metadata">The object.</param>
    /// <param name="grantTypes">The grant types that may be registered.</param>
    /// <param name="read">The metadata, when there is no fault.</param>
    /// <param name="usualMethod">How it authenticates when it does not say (RFC 7591 §2: <c>client_secret_basic</c>).</param>
    public static MetadataFault? Read(JsonElement metadata, IReadOnlyList<string> grantTypes, out ReadMetadata? read, string usualMethod = TokenEndpointAuthMethods.ClientSecretBasic)
    {
        read = null;
        try
        {
            if (Text(metadata, "software_statement", 16384) is { } statement)
                return statement.Split('.').Length == 3 ? MetadataFault.UnapprovedSoftwareStatement : MetadataFault.InvalidSoftwareStatement;
            var draft = ReadDraft(metadata, usualMethod);
            if (draft.GrantTypes.FirstOrDefault(grant => !grantTypes.Contains(grant, StringComparer.Ordinal)) is not null)
                return MetadataFault.InvalidMetadata($"grant_types: an application that registers itself may have {string.Join(", ", grantTypes)}.");
            CheckResponseTypes(metadata, draft);
            var scope = Text(metadata, "scope", 4096);
            ScopeSet? asked = null;
            if (scope is not null && !ScopeSet.TryParse(scope, out asked)) throw new Fault("scope", "Give scopes separated by single blanks.");
            read = new ReadMetadata(draft, asked, ReadDetails(metadata));
            return null;
        }
        catch (Fault fault)
        {
            return MetadataFault.Of(fault.Field, fault.Message);
        }
    }

    private static ApplicationDraft ReadDraft(JsonElement metadata, string usualMethod)
    {
        var redirects = Texts(metadata, "redirect_uris", Protocol.Authorization.RedirectUri.MaxLength) ?? [];
        return new ApplicationDraft(Text(metadata, "client_name", 128) ?? NameFor(redirects))
        {
            RedirectUris = redirects,
            GrantTypes = Texts(metadata, "grant_types", 128)?.Distinct(StringComparer.Ordinal).ToArray() ?? [GrantType.AuthorizationCode],
            TokenEndpointAuthMethod = Text(metadata, "token_endpoint_auth_method", 64) ?? usualMethod,
            Jwks = Member(metadata, "jwks") is { } jwks ? jwks.GetRawText() : string.Empty,
            JwksUri = Text(metadata, "jwks_uri", MaxText) ?? string.Empty,
            AuthorizationDetailsTypes = Texts(metadata, "authorization_details_types", ApiDetailsType.MaxTypeLength)?.Distinct(StringComparer.Ordinal).ToArray() ?? [],
            DpopBoundAccessTokens = Flag(metadata, "dpop_bound_access_tokens"),
            CertificateBoundAccessTokens = Flag(metadata, "tls_client_certificate_bound_access_tokens"),
            CertificateSubjects = CertificateSubject.Collect(name => Text(metadata, name, CertificateSubject.MaxLength)),
            RequirePushedAuthorizationRequests = Flag(metadata, "require_pushed_authorization_requests"),
            IdTokenSignedResponseAlg = Text(metadata, "id_token_signed_response_alg", 16) ?? Protocol.Jose.SigningAlgorithms.Default,
            PostLogoutRedirectUris = Texts(metadata, "post_logout_redirect_uris", Protocol.Authorization.RedirectUri.MaxLength) ?? [],
            BackchannelLogoutUri = Text(metadata, "backchannel_logout_uri", MaxText) ?? string.Empty,
            BackchannelLogoutSessionRequired = Flag(metadata, "backchannel_logout_session_required"),
        };
    }

    private static RegistrationDetails ReadDetails(JsonElement metadata) => new()
    {
        ClientUri = WebPage(metadata, "client_uri"), LogoUri = WebPage(metadata, "logo_uri"),
        TosUri = WebPage(metadata, "tos_uri"), PolicyUri = WebPage(metadata, "policy_uri"),
        Contacts = Texts(metadata, "contacts", 254),
        SoftwareId = Text(metadata, "software_id", 128), SoftwareVersion = Text(metadata, "software_version", 128),
    };

    // RFC 7591 §2.1: the code is the one response type, and comes with its grant type.
    private static void CheckResponseTypes(JsonElement metadata, ApplicationDraft draft)
    {
        var usesCode = draft.GrantTypes.Contains(GrantType.AuthorizationCode);
        var types = Texts(metadata, "response_types", 64);
        if (types is not null && types.Any(type => type != "code")) throw new Fault("response_types", "The one response type is code.");
        // None at all says nothing: some clients write an empty list for what they leave to the server.
        if (types is { Count: > 0 } && !usesCode) throw new Fault("response_types", "The response type code and the grant type authorization_code go together.");
        if (draft.GrantTypes.Count == 0) throw new Fault("grant_types", "Name at least one.");
    }

    // The host of a scheme that anybody may claim proves nothing.
    private static string NameFor(List<string> redirects) =>
        redirects.Count == 0 || !Uri.TryCreate(redirects[0], UriKind.Absolute, out var uri) ? "Application without a name"
        : uri.Scheme == Uri.UriSchemeHttps && uri.Host.Length is > 0 and <= 100 ? $"Application at {uri.Host}"
        : uri.IsLoopback ? "Application on your device" : "Application without a name";

    private static string? WebPage(JsonElement metadata, string name)
    {
        if (Text(metadata, name, MaxText) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0) return text;
        throw new Fault(name, "Give the URL of a web page.");
    }

    private static bool Flag(JsonElement metadata, string name) => Member(metadata, name) is { } value
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw new Fault(name, "Give true or false."));

    private static string? Text(JsonElement metadata, string name, int max)
    {
        if (Member(metadata, name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.String) throw new Fault(name, "Give a text.");
        return Checked(value, name, max);
    }

    private static List<string>? Texts(JsonElement metadata, string name, int max)
    {
        if (Member(metadata, name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxListed || value.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.String))
            throw new Fault(name, $"Give a list of at most {MaxListed} texts.");
        return [.. value.EnumerateArray().Select(one => Checked(one, name, max))];
    }

    private static string Checked(JsonElement value, string name, int max)
    {
        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new Fault(name, "The text has half of a character."); // An escaped lone surrogate.
        }
        return text.Length is > 0 && text.Length <= max && !text.Any(char.IsControl) ? text : throw new Fault(name, $"Give 1 to {max} printable characters.");
    }

    // RFC 7592 §2.2: null is as good as absent.
    private static JsonElement? Member(JsonElement metadata, string name) =>
        metadata.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

#pragma warning disable CA1064, CA1032 // It never leaves this class.
    private sealed class Fault(string field, string message) : Exception(message)
    {
        public string Field { get; } = field;
    }
#pragma warning restore CA1064, CA1032
}
