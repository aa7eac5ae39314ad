using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Composition;
using Gatehouse.Founding;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Secrets;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Demo;

/// <summary>The demo's organization, people and applications. Made at the first start and kept, sealed, in the store for later ones.</summary>
internal sealed class DemoData(StoreDatabase database, KeyEncryptionKey key, TimeProvider clock)
{
    private const string Setting = "demo";

    public async Task<DemoFile> OpenAsync(NodeOptions options, string caFile, string upstream, CancellationToken cancellation)
    {
        var founder = new Founder(database, key, clock);
        var kept = await ReadAsync(cancellation);
        if (kept is null && await founder.IsFoundedAsync(cancellation))
            throw new StartRefusedException("The folder's first start was interrupted, or it is no demo's. Delete the folder to start anew, or name another one with --data.");
        var demo = kept ?? await FoundAsync(founder, options, caFile, upstream, cancellation);
        return await MoveAsync(founder, demo, options, caFile, upstream, cancellation);
    }

    private async Task<DemoFile?> ReadAsync(CancellationToken cancellation)
    {
        await using var db = database.Open();
        var row = await db.Settings.AsNoTracking().SingleOrDefaultAsync(setting => setting.Name == Setting, cancellation);
        return row is null ? null : JsonSerializer.Deserialize(key.Open(Setting, Setting, row.Value), DemoJson.Default.DemoFile);
    }

    private async Task<DemoFile> FoundAsync(Founder founder, NodeOptions options, string caFile, string upstream, CancellationToken cancellation)
    {
        var organization = await founder.CreateOrganizationAsync("org", "Example Organization", cancellation);
        var adminApi = await founder.PublishAdminApiAsync(organization, options.AdminUrl, cancellation);
        var labels = await founder.PublishAsync(LabelsListing.Describe(organization.Id, options.ApiUrl, upstream), cancellation);
        var (developer, developerAccount) = await founder.CreateUserAsync(organization, "developer@example.org", "Dana Developer", PortalRole.Developer, cancellation);
        var (_, operatorAccount) = await founder.CreateUserAsync(organization, "operator@example.org", "Olu Operator", PortalRole.Operator, cancellation);
        var application = await founder.CreateApplicationAsync(
            organization, "Warehouse", "Buys the labels for the parcels that leave the warehouse.", labels, developer.Id, cancellation);
        var admin = await founder.CreateApplicationAsync(organization, "Operator's command line", "What gatehouse apps uses.", adminApi, ownerId: null, cancellation);
        var demo = new DemoFile
        {
            CaFile = caFile, Issuer = options.Issuer, TokenEndpoint = options.Issuer + AuthServer.AuthServerOptions.TokenPath,
            PortalUrl = $"{options.Issuer}/exchange/portals/{organization.Slug}/applications/", ApiUrl = options.ApiUrl, AdminUrl = options.AdminUrl,
            ClientId = application.ClientId, ClientSecret = application.ClientSecret,
            Developer = developerAccount,
            Operator = operatorAccount,
            AdminClient = admin,
        };
        await using var db = database.Open();
        var sealedDemo = key.Seal(Setting, Setting, JsonSerializer.SerializeToUtf8Bytes(demo, DemoJson.Default.DemoFile));
        db.Settings.Add(new Setting { Name = Setting, Value = sealedDemo });
        await db.SaveChangesAsync(cancellation); // Last: what is there is there whole.
        return demo;
    }

    /// <summary>A later start may have other ports, another folder, and always has another upstream.</summary>
    private async Task<DemoFile> MoveAsync(
        Founder founder, DemoFile demo, NodeOptions options, string caFile, string upstream, CancellationToken cancellation)
    {
        await using var db = database.Open();
        var organization = await db.Organizations.AsNoTracking().SingleAsync(row => row.Slug == "org", cancellation);
        await founder.PublishAdminApiAsync(organization, options.AdminUrl, cancellation);
        await founder.PublishAsync(LabelsListing.Describe(organization.Id, options.ApiUrl, upstream), cancellation);
        return demo with
        {
            CaFile = caFile, Issuer = options.Issuer, TokenEndpoint = options.Issuer + AuthServer.AuthServerOptions.TokenPath,
            PortalUrl = $"{options.Issuer}/exchange/portals/{organization.Slug}/applications/", ApiUrl = options.ApiUrl, AdminUrl = options.AdminUrl,
        };
    }
}
