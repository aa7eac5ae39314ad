using Gatehouse.Protocol.Jose;

namespace Gatehouse.Store.Model;

/// <summary>What is published: where it is called, what it is called with, where the calls go.</summary>
public sealed class Api
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public Guid OrganizationId { get; set; }

    public required string Slug { get; set; }

    public required string Name { get; set; }

    public string Description { get; set; } = string.Empty;

    /// <summary>The resource identifier: the <c>aud</c> of its access tokens (RFC 8707 §2).</summary>
    public required string Resource { get; set; }

    /// <summary>Every scope of the API.</summary>
    public required ICollection<ApiScope> Scopes { get; init; }

    /// <summary>The calls that the gateway lets through; anything else is 404.</summary>
    public required ICollection<ApiOperation> Operations { get; init; }

    /// <summary>The types of authorization details that it understands (RFC 9396 §2).</summary>
    public ICollection<ApiDetailsType> DetailsTypes { get; init; } = [];

    public ICollection<Plan> Plans { get; init; } = [];

    /// <summary>Where the gateway forwards to; null for an API that this program answers itself.</summary>
    public string? Upstream { get; set; }

    /// <summary>
    /// The <c>client_id</c> of each application that stands for this API: the protected resources that may introspect its tokens (RFC 7662 §2.1).
    /// </summary>
    public List<string> ResourceServers { get; set; } = [];

    /// <summary>One of the values of <see cref="AccessTokenFormats"/>.</summary>
    public string AccessTokenFormat { get; set; } = AccessTokenFormats.Jwt;

    /// <summary>How access tokens for it are signed.</summary>
    public string AccessTokenSigningAlg { get; set; } = SigningAlgorithms.Default;

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A scope and the sentence that tells a person what it allows.</summary>
public sealed class ApiScope
{
    public Guid ApiId { get; set; }

    public required string Token { get; set; }

    public string Description { get; set; } = string.Empty;
}

/// <summary>A type of authorization details (RFC 9396 §2.1): what an application may ask for beyond scopes.</summary>
public sealed class ApiDetailsType
{
    /// <summary>The most characters of a type.</summary>
    public const int MaxTypeLength = 128;

    public Guid ApiId { get; set; }

    /// <summary>The value of <c>type</c>. No other API may have it.</summary>
    public required string Type { get; set; }

    /// <summary>What it allows, for the person who is asked.</summary>
    public required string Title { get; set; }

    /// <summary>The JSON Schema (2020-12) of a whole object, <c>type</c> included, as JSON text.</summary>
    public required string Schema { get; set; }
}

/// <summary>One call of an API: a method, a path template such as <c>/labels/domestic/{id}</c> and the scope it needs.</summary>
public sealed class ApiOperation
{
    public Guid ApiId { get; set; }

    public required string Method { get; set; }

    public required string PathTemplate { get; set; }

    /// <summary>The template without the names of its parameters: two of one shape and method are one call.</summary>
    public string Shape => string.Join('/', PathTemplate.Split('/').Select(segment => segment is ['{', .., '}'] ? "{}" : segment));

    /// <summary>The scope the call needs; empty when a token for the API is enough.</summary>
    public string Scope { get; set; } = string.Empty;
}

/// <summary>The SLA tier of an API.</summary>
public sealed class Plan
{
    /// <summary>The default lifetime of an access token, in seconds: one second less than a day.</summary>
    public const int DefaultTokenLifetimeSeconds = 86399;

    public Guid Id { get; set; } = Guid.CreateVersion7();

    public Guid ApiId { get; set; }

    public Api? Api { get; set; }

    public required string Slug { get; set; }

    public required string Name { get; set; }

    public string Description { get; set; } = string.Empty;

    /// <summary>When true API Support approves each contract by hand; otherwise a request is approved at once.</summary>
    public bool ApprovedByHand { get; set; }

    /// <summary>Access token lifetime in seconds, 60 to 86399.</summary>
    public int TokenLifetimeSeconds { get; set; } = DefaultTokenLifetimeSeconds;
}
