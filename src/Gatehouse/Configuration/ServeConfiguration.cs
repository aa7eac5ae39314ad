using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography;
using Gatehouse.Admission;
using Gatehouse.AuthServer.Remote;
using Gatehouse.Composition;
using Gatehouse.Gateway;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Secrets;

namespace Gatehouse.Configuration;

/// <summary>
/// The configuration of <c>gatehouse serve</c>: a JSON file and environment variables (<c>GATEHOUSE_</c>, with <c>__</c> between levels; they
/// win). All of it is checked and all errors are told at once.
/// </summary>
internal sealed class ServeConfiguration
{
    private static readonly string[] KnownKeys =
    [
        "Issuer", "ApiUrl", "Roles", "Listen:Auth", "Listen:Gateway", "Tls:CertificateFile", "Tls:KeyFile", "Tls:CaFile",
        "Store:Provider", "Store:ConnectionString", "Store:File", "KeyEncryptionKeyFile", "KeyEncryptionKey",
        "Gateway:UpstreamTimeoutSeconds", "Gateway:MaxRequestBodyBytes", "Store:RememberedApplications", "Gateway:RememberedTokens",
        "Outgoing:AllowPrivateAddresses", "Outgoing:CaFile",
        .. RegistrationSettings.Keys, .. CertificateSettings.Keys, ProxySettings.AddressesKey,
        "Authorization:RequestsPerMinute", "RefreshTokens:IdleDays", "RefreshTokens:AbsoluteDays",
        "Overload:MaxWaitMilliseconds", "Overload:MaxConnections",
        "Signing:RotateAfterDays", "Signing:AnnounceForMinutes",
    ];

    // More is a slip of the hand rather than a wish.
    private const long MostRemembered = 10_000_000;

    private readonly IConfiguration _values;
    private readonly List<string> _errors = [];

    private ServeConfiguration(IConfiguration values) => _values = values;

    /// <summary>Reads what a node needs.</summary>
    /// <exception cref="StartRefusedException">Something is missing or wrong; the message lists everything.</exception>
    public static NodeOptions ReadNode(string? file)
    {
        var configuration = Load(file);
        var options = configuration.Node();
        configuration.RefuseErrors();
        return options!;
    }

    /// <summary>Reads what is needed to write the first rows: names and store, no listener and no certificate.</summary>
    /// <exception cref="StartRefusedException">Something is missing or wrong; the message lists everything.</exception>
    public static FoundingOptions ReadFounding(string? file)
    {
        var configuration = Load(file);
        var options = new FoundingOptions(configuration.Url("Issuer", "https://auth.example.com"), configuration.Store(), configuration.Key());
        configuration.RefuseErrors();
        return options;
    }

    private static ServeConfiguration Load(string? file)
    {
        var builder = new ConfigurationBuilder();
        if (file is not null)
        {
            if (!File.Exists(file)) throw new StartRefusedException($"The configuration file {file} does not exist.");
            builder.AddJsonFile(Path.GetFullPath(file), optional: false);
        }
        try
        {
            var fromFile = builder.Build();
            var configuration = new ServeConfiguration(builder.AddEnvironmentVariables("GATEHOUSE_").Build());
            foreach (var (key, _) in fromFile.AsEnumerable().Where(pair => pair.Value is not null))
                if (!KnownKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
                    configuration._errors.Add($"{key}: no such setting. There are: {string.Join(", ", KnownKeys)}.");
            return configuration;
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException)
        {
            throw new StartRefusedException(
                $"The configuration file {file} is not readable JSON: {exception.InnerException?.Message ?? exception.Message}", exception);
        }
    }

    private NodeOptions? Node()
    {
        var issuer = Url("Issuer", "https://auth.example.com");
        var apiUrl = Url("ApiUrl", "https://api.example.com");
        var roles = Roles();
        var isAuth = roles.HasFlag(NodeRoles.Auth) || roles.HasFlag(NodeRoles.Portal);
        var auth = isAuth ? EndPoint("Listen:Auth", "0.0.0.0:8443") : null;
        var gateway = roles.HasFlag(NodeRoles.Gateway) ? EndPoint("Listen:Gateway", "0.0.0.0:9443") : null;
        var store = Store();
        var key = Key();
        var limits = Gateway();
        var admission = Admission();
        var outgoing = Outgoing();
        var rotation = Rotation();
        var grants = Grants();
        var requestsPerMinute = (int)Number("Authorization:RequestsPerMinute", 600, 1, 1_000_000);
        var registration = RegistrationSettings.Read(_values, _errors);
        var clientCertificates = CertificateSettings.Read(
            _values, isAuth, _values[CertificateSettings.EndPointKey] is not null ? EndPoint(CertificateSettings.EndPointKey, "0.0.0.0:8444") : null,
            _values[CertificateSettings.UrlKey] is null ? null : Url(CertificateSettings.UrlKey, "https://mtls.example.com"), _errors);
        var proxies = ProxySettings.Read(_values, ProxySettings.AddressesKey, _errors);
        var certificateFile = Present("Tls:CertificateFile", "the server's certificate in PEM");
        var keyFile = Present("Tls:KeyFile", "its private key in PEM");
        if (certificateFile is null || keyFile is null || key is null || store is null) return null;
        try
        {
            return new NodeOptions
            {
                Issuer = issuer, ApiUrl = apiUrl, Roles = roles, AuthEndPoint = auth, GatewayEndPoint = gateway, CaFile = _values["Tls:CaFile"],
                Certificate = CertificateFiles.Load(certificateFile, keyFile), Chain = CertificateFiles.LoadChain(certificateFile),
                Database = new StoreDatabase(store), Key = key, Gateway = limits, Outgoing = outgoing, Rotation = rotation, Grants = grants,
                Registration = registration, UnprovenRequestsPerMinute = requestsPerMinute, ClientCertificates = clientCertificates,
                TrustedProxies = proxies, Admission = admission,
            };
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            _errors.Add($"Tls: {certificateFile} and {keyFile} are not a certificate and its key in PEM that this user may read.");
            return null;
        }
    }

    private NodeRoles Roles()
    {
        if (_values["Roles"] is not { Length: > 0 } text) return NodeRoles.All;
        var roles = NodeRoles.None;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Enum.TryParse<NodeRoles>(word, ignoreCase: true, out var role) && role is NodeRoles.Auth or NodeRoles.Portal or NodeRoles.Gateway)
                roles |= role;
            else _errors.Add($"Roles: '{word}' is no role. There are: auth, portal, gateway.");
        }
        return roles;
    }

    private GatewayLimits Gateway()
    {
        var usual = new GatewayLimits();
        return new GatewayLimits
        {
            UpstreamTimeout = TimeSpan.FromSeconds(Number("Gateway:UpstreamTimeoutSeconds", (long)usual.UpstreamTimeout.TotalSeconds, 1, 3600)),
            RememberedTokens = (int)Number("Gateway:RememberedTokens", usual.RememberedTokens, 2, MostRemembered),
            MaxRequestBody = Number("Gateway:MaxRequestBodyBytes", usual.MaxRequestBody, 0, 1L << 40),
        };
    }

    private AdmissionOptions Admission()
    {
        var usual = new AdmissionOptions();
        return new AdmissionOptions
        {
            TargetWait = TimeSpan.FromMilliseconds(Number("Overload:MaxWaitMilliseconds", (long)usual.TargetWait.TotalMilliseconds, 0, 60_000)),
            MaxConnections = (int)Number("Overload:MaxConnections", usual.MaxConnections, 1, 1_000_000),
        };
    }

    private OutgoingRules Outgoing()
    {
        var allow = false;
        if (_values["Outgoing:AllowPrivateAddresses"] is { Length: > 0 } text && !bool.TryParse(text, out allow))
            _errors.Add($"Outgoing:AllowPrivateAddresses: '{text}' is neither true nor false.");
        var authorities = new X509Certificate2Collection();
        if (_values["Outgoing:CaFile"] is { Length: > 0 } file)
        {
            try
            {
                authorities.ImportFromPemFile(file);
            }
            catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
            {
                _errors.Add($"Outgoing:CaFile: {file} holds no certificates in PEM that this user may read.");
            }
        }
        return new OutgoingRules { AllowPrivateAddresses = allow, TrustedAuthorities = authorities };
    }

    private GrantLifetimes Grants()
    {
        var usual = new GrantLifetimes();
        return new GrantLifetimes
        {
            Absolute = TimeSpan.FromDays(Number("RefreshTokens:AbsoluteDays", (long)usual.Absolute.TotalDays, 1, 3650)),
            Idle = TimeSpan.FromDays(Number("RefreshTokens:IdleDays", (long)usual.Idle.TotalDays, 1, 3650)),
        };
    }

    private RotationSchedule Rotation()
    {
        var usual = new RotationSchedule();
        return new RotationSchedule
        {
            RotateAfter = TimeSpan.FromDays(Number("Signing:RotateAfterDays", (long)usual.RotateAfter.TotalDays, 1, 3650)),
            AnnounceFor = TimeSpan.FromMinutes(Number("Signing:AnnounceForMinutes", (long)usual.AnnounceFor.TotalMinutes, 5, 10080)),
        };
    }

    private long Number(string key, long usual, long min, long max)
    {
        if (_values[key] is not { Length: > 0 } text) return usual;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        _errors.Add($"{key}: '{text}' is no whole number from {min} to {max}. Left out it is {usual}.");
        return usual;
    }

    private string Url(string key, string example)
    {
        var text = _values[key];
        if (string.IsNullOrWhiteSpace(text))
        {
            _errors.Add($"{key}: missing. Give the https URL by which consumers reach it, such as {example}.");
        }
        else if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps || url.PathAndQuery != "/" || text.EndsWith('/')
            || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
        {
            _errors.Add($"{key}: '{text}' is not an https URL of host and port alone, without a slash at its end, such as {example}.");
        }
        return text ?? string.Empty;
    }

    private IPEndPoint? EndPoint(string key, string example)
    {
        if (_values[key] is { Length: > 0 } text && text.Contains(':', StringComparison.Ordinal)
            && IPEndPoint.TryParse(text, out var endPoint) && endPoint.Port > 0) return endPoint;
        _errors.Add($"{key}: {(_values[key] is null ? "missing" : "not an address and port")}. Give where to listen, such as {example}.");
        return null;
    }

    private StoreOptions? Store()
    {
        var remembered = (int)Number("Store:RememberedApplications", StoreOptions.UsuallyRememberedApplications, 2, MostRemembered);
        switch (_values["Store:Provider"]?.ToLowerInvariant())
        {
            case "sqlite":
                if (_values["Store:File"] is { Length: > 0 } file) return StoreOptions.Sqlite(Path.GetFullPath(file)) with { RememberedApplications = remembered };
                _errors.Add("Store:File: missing. Give the path of the SQLite database; it is made when it is not there.");
                return null;
            case "postgresql":
                if (_values["Store:ConnectionString"] is { Length: > 0 } connection) return StoreOptions.PostgreSql(connection) with { RememberedApplications = remembered };
                _errors.Add("Store:ConnectionString: missing. Give a connection string, such as Host=db;Database=gatehouse;Username=gatehouse;Password=…");
                return null;
            default:
                _errors.Add("Store:Provider: give sqlite (one node) or postgresql (many nodes).");
                return null;
        }
    }

    private KeyEncryptionKey? Key()
    {
        if (_values["KeyEncryptionKey"] is { Length: > 0 } base64)
        {
            if (KeyFile.Parse(base64) is { } key) return key;
            _errors.Add("KeyEncryptionKey: not 32 bytes in base64. Make one with: openssl rand -base64 32");
            return null;
        }
        const string what = "a file with 32 bytes in base64 (openssl rand -base64 32), or set KeyEncryptionKey in the environment";
        if (Present("KeyEncryptionKeyFile", what) is not { } file) return null;
        try
        {
            return KeyFile.Read(file);
        }
        catch (StartRefusedException exception)
        {
            _errors.Add($"KeyEncryptionKeyFile: {exception.Message}");
            return null;
        }
    }

    private string? Present(string key, string what)
    {
        if (_values[key] is not { Length: > 0 } file) _errors.Add($"{key}: missing. Give {what}.");
        else if (!File.Exists(file)) _errors.Add($"{key}: the file {file} does not exist.");
        else return file;
        return null;
    }

    private void RefuseErrors()
    {
        if (_errors.Count == 0) return;
        throw new StartRefusedException(
            $"The configuration is incomplete ({_errors.Count}):\n" + string.Join('\n', _errors.Select(error => "  " + error)));
    }
}

/// <summary>What <c>gatehouse init</c> needs.</summary>
internal sealed record FoundingOptions(string Issuer, StoreOptions? Store, KeyEncryptionKey? Key);
