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
    public const string AuthEndPointKey = "Listen:Auth";
    public const string GatewayEndPointKey = "Listen:Gateway";

    private static readonly string[] KnownKeys =
    [
        "Issuer", "ApiUrl", "Roles", AuthEndPointKey, GatewayEndPointKey, "Tls:CertificateFile", "Tls:KeyFile", "Tls:CaFile",
        .. StoreSettings.Keys, "Gateway:UpstreamTimeoutSeconds", "Gateway:MaxRequestBodyBytes", "Gateway:RememberedTokens",
        "Outgoing:AllowPrivateAddresses", "Outgoing:CaFile",
        .. RegistrationSettings.Keys, .. CertificateSettings.Keys, ProxySettings.AddressesKey,
        "Authorization:RequestsPerMinute", "RefreshTokens:IdleDays", "RefreshTokens:AbsoluteDays",
        "Overload:MaxWaitMilliseconds", "Overload:MaxConnections",
        "Signing:RotateAfterDays", "Signing:AnnounceForMinutes",
    ];

    private readonly Settings _settings;

    private ServeConfiguration(IConfiguration values) => _settings = new Settings(values);

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
        var options = new FoundingOptions(configuration._settings.Url("Issuer", "https://auth.example.com"), StoreSettings.Read(configuration._settings), StoreSettings.ReadKey(configuration._settings));
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
                    configuration._settings.Add($"{key}: no such setting. There are: {string.Join(", ", KnownKeys)}.");
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
        var issuer = _settings.Url("Issuer", "https://auth.example.com");
        var apiUrl = _settings.Url("ApiUrl", "https://api.example.com");
        var roles = Roles();
        var isAuth = roles.HasFlag(NodeRoles.Auth) || roles.HasFlag(NodeRoles.Portal);
        var auth = isAuth ? _settings.EndPoint(AuthEndPointKey, "0.0.0.0:8443") : null;
        var gateway = roles.HasFlag(NodeRoles.Gateway) ? _settings.EndPoint(GatewayEndPointKey, "0.0.0.0:9443") : null;
        var store = StoreSettings.Read(_settings);
        var key = StoreSettings.ReadKey(_settings);
        var limits = Gateway();
        var admission = Admission();
        var outgoing = Outgoing();
        var rotation = Rotation();
        var grants = Grants();
        var requestsPerMinute = (int)_settings.Number("Authorization:RequestsPerMinute", 600, 1, 1_000_000);
        var registration = RegistrationSettings.Read(_settings);
        var clientCertificates = CertificateSettings.Read(_settings, isAuth);
        var proxies = ProxySettings.Read(_settings, ProxySettings.AddressesKey);
        var certificateFile = _settings.File("Tls:CertificateFile", "the server's certificate in PEM");
        var keyFile = _settings.File("Tls:KeyFile", "its private key in PEM");
        if (certificateFile is null || keyFile is null || key is null || store is null) return null;
        try
        {
            return new NodeOptions
            {
                Issuer = issuer, ApiUrl = apiUrl, Roles = roles, AuthEndPoint = auth, GatewayEndPoint = gateway, CaFile = _settings["Tls:CaFile"],
                Certificate = CertificateFiles.Load(certificateFile, keyFile), Chain = CertificateFiles.LoadChain(certificateFile),
                Database = new StoreDatabase(store), Key = key, Gateway = limits, Outgoing = outgoing, Rotation = rotation, Grants = grants,
                Registration = registration, UnprovenRequestsPerMinute = requestsPerMinute, ClientCertificates = clientCertificates,
                TrustedProxies = proxies, Admission = admission,
            };
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            _settings.Add($"Tls: {certificateFile} and {keyFile} are not a certificate and its key in PEM that this user may read.");
            return null;
        }
    }

    private NodeRoles Roles()
    {
        if (_settings["Roles"] is not { Length: > 0 } text) return NodeRoles.All;
        var roles = NodeRoles.None;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Enum.TryParse<NodeRoles>(word, ignoreCase: true, out var role) && role is NodeRoles.Auth or NodeRoles.Portal or NodeRoles.Gateway)
                roles |= role;
            else _settings.Add($"Roles: '{word}' is no role. There are: auth, portal, gateway.");
        }
        return roles;
    }

    private GatewayLimits Gateway()
    {
        var usual = new GatewayLimits();
        return new GatewayLimits
        {
            UpstreamTimeout = TimeSpan.FromSeconds(_settings.Number("Gateway:UpstreamTimeoutSeconds", (long)usual.UpstreamTimeout.TotalSeconds, 1, 3600)),
            RememberedTokens = (int)_settings.Number("Gateway:RememberedTokens", usual.RememberedTokens, 2, StoreSettings.MostRemembered),
            MaxRequestBody = _settings.Number("Gateway:MaxRequestBodyBytes", usual.MaxRequestBody, 0, 1L << 40),
        };
    }

    private AdmissionOptions Admission()
    {
        var usual = new AdmissionOptions();
        return new AdmissionOptions
        {
            TargetWait = TimeSpan.FromMilliseconds(_settings.Number("Overload:MaxWaitMilliseconds", (long)usual.TargetWait.TotalMilliseconds, 0, 60_000)),
            MaxConnections = (int)_settings.Number("Overload:MaxConnections", usual.MaxConnections, 1, 1_000_000),
        };
    }

    private OutgoingRules Outgoing() => new()
    {
        AllowPrivateAddresses = _settings.Flag("Outgoing:AllowPrivateAddresses"), TrustedAuthorities = _settings.Authorities("Outgoing:CaFile"),
    };

    private GrantLifetimes Grants()
    {
        var usual = new GrantLifetimes();
        return new GrantLifetimes
        {
            Absolute = TimeSpan.FromDays(_settings.Number("RefreshTokens:AbsoluteDays", (long)usual.Absolute.TotalDays, 1, 3650)),
            Idle = TimeSpan.FromDays(_settings.Number("RefreshTokens:IdleDays", (long)usual.Idle.TotalDays, 1, 3650)),
        };
    }

    private RotationSchedule Rotation()
    {
        var usual = new RotationSchedule();
        return new RotationSchedule
        {
            RotateAfter = TimeSpan.FromDays(_settings.Number("Signing:RotateAfterDays", (long)usual.RotateAfter.TotalDays, 1, 3650)),
            AnnounceFor = TimeSpan.FromMinutes(_settings.Number("Signing:AnnounceForMinutes", (long)usual.AnnounceFor.TotalMinutes, 5, 10080)),
        };
    }

    private void RefuseErrors()
    {
        if (_settings.Errors.Count == 0) return;
        throw new StartRefusedException(
            $"The configuration is incomplete ({_settings.Errors.Count}):\n" + string.Join('\n', _settings.Errors.Select(error => "  " + error)));
    }
}

/// <summary>What <c>gatehouse init</c> needs.</summary>
internal sealed record FoundingOptions(string Issuer, StoreOptions? Store, KeyEncryptionKey? Key);
