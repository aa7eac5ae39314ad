namespace Gatehouse.AuthServer.ClientMetadata;

/// <summary>Why client metadata is refused: the closed set of RFC 7591 §3.2.2.</summary>
/// <param name="Code">The value of <c>error</c>.</param>
/// <param name="Description">The value of <c>error_description</c>: plain ASCII.</param>
public sealed record MetadataFault(string Code, string Description)
{
    public static MetadataFault InvalidSoftwareStatement { get; } = new("invalid_software_statement", "The software_statement is not a JWT.");

    public static MetadataFault UnapprovedSoftwareStatement { get; } =
        new("unapproved_software_statement", "This server trusts no issuer of software statements. Leave it out.");

    public static MetadataFault InvalidRedirectUri(string description) => new("invalid_redirect_uri", Plain(description));

    public static MetadataFault InvalidMetadata(string description) => new("invalid_client_metadata", Plain(description));

    /// <summary>What the rules of applications refuse.</summary>
    public static MetadataFault Of(string field, string message) =>
        field == "redirect_uris" ? InvalidRedirectUri(message) : InvalidMetadata(field.Length == 0 ? message : $"{field}: {message}");

    // RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E. What a client sent may stand in a message.
    private static string Plain(string text) => string.Concat(text.Replace("§", "section ", StringComparison.Ordinal)
        .Select(c => c is >= ' ' and <= '~' and not '"' and not '\\' ? c : '?'));
}
