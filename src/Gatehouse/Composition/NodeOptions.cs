using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Admission;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.AuthServer.Remote;
using Gatehouse.Gateway;
using Gatehouse.Portal;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Secrets;

namespace Gatehouse.Composition;

/// <summary>All that a node needs to run; checked before it is made.</summary>
public sealed record NodeOptions
{
    public const string AdminPath = "/admin/v1";

    /// <summary>The issuer: an https URL without a trailing slash.</summary>
    public required string Issuer { get; init; }

    /// <summary>Where API calls go, as consumers write it: an https URL without a trailing slash.</summary>
    public required string ApiUrl { get; init; }

    /// <summary>Where auth, portal and the Admin API listen; null when the node has none of these roles.</summary>
    public IPEndPoint? AuthEndPoint { get; init; }

    /// <summary>Where the gateway listens; null when the node is none.</summary>
    public IPEndPoint? GatewayEndPoint { get; init; }

    /// <summary>True to answer on the IPv6 loopback as well as on the IPv4 loopback that the end points name.</summary>
    public bool BothLoopbacks { get; init; }

    public required X509Certificate2 Certificate { get; init; }

    /// <summary>The intermediate certificates that are sent along.</summary>
    public X509Certificate2Collection Chain { get; init; } = [];

    public required StoreDatabase Database { get; init; }

    public required KeyEncryptionKey Key { get; init; }

    /// <summary>The file with the CA that consumers must trust; null for a publicly trusted certificate.</summary>
    public string? CaFile { get; init; }

    /// <summary>The least severe level of Gatehouse's own log; the libraries below it log warnings and worse.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>The calls that the portal shows, by the API's slug.</summary>
    public IReadOnlyDictionary<string, SampleCall> SampleCalls { get; init; } = new Dictionary<string, SampleCall>();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public NodeRoles Roles { get; init; } = NodeRoles.All;

    public GatewayLimits Gateway { get; init; } = new();

    /// <summary>What the authorization server may fetch from others.</summary>
    public OutgoingRules Outgoing { get; init; } = new();

    /// <summary>How many authorization and device requests that no client authentication proves one source may make in a minute, 1 or more.</summary>
    public int UnprovenRequestsPerMinute { get; init; } = 600;

    /// <summary>Whether applications may register themselves.</summary>
    public RegistrationRules Registration { get; init; } = new();

    /// <summary>How long what users have given lasts.</summary>
    public GrantLifetimes Grants { get; init; } = new();

    /// <summary>Where client certificates come from.</summary>
    public CertificateOptions ClientCertificates { get; init; } = new();

    /// <summary>From where <c>X-Forwarded-For</c> says who calls; the proxies of <see cref="ClientCertificates"/> need not stand here too.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>How much it takes on before it says no.</summary>
    public AdmissionOptions Admission { get; init; } = new();

    /// <summary>When signing keys change.</summary>
    public RotationSchedule Rotation { get; init; } = new();

    public string AdminUrl => Issuer + AdminPath;

    public string TokenEndpoint => Issuer + AuthServer.AuthServerOptions.TokenPath;
}
