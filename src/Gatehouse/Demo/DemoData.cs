using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Composition;
using Gatehouse.Founding;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Secrets;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Demo;

/// <summary>The demo's organization, people and applications. Made at the first start and kept, sealed, in the store for later ones.</summary>
internal sealed class DemoData(StoreDatabase database, KeyEncryptionKey key, TimeProvider clock)
{
    private const string Setting = "demo";
    private const string Organization = "org";

    public async Task<DemoFile> OpenAsync(NodeOptions options, string caFile, string upstream, CancellationToken cancellation)
    {
        var founder = new Founder(database, key, clock);
        var kept = await ReadAsync(cancellation);
        if (kept is null && await database.IsFoundedAsync(cancellation))
            throw new StartRefusedException("The folder's first start was interrupted, or it is no demo's. "
                + "Delete the folder to start anew, or name another one with --data.");
        var demo = kept ?? await FoundAsync(founder, options, upstream, cancellation);
        if (kept is not null) await MoveAsync(founder, options, upstream, cancellation);
        return At(demo, options, caFile);
    }

    private async Task<DemoFile?> ReadAsync(CancellationToken cancellation)
    {
        await using var db = database.Open();
        var row = await db.Settings.AsNoTracking().SingleOrDefaultAsync(setting => setting.Name == Setting, cancellation);
        return row is null ? null : JsonSerializer.Deserialize(key.Open(Setting, Setting, row.Value), DemoJson.Default.DemoFile);
    }

    private async Task<DemoFile> FoundAsync(Founder founder, NodeOptions options, string upstream, CancellationToken cancellation)
    {
        var organization = await founder.CreateOrganizationAsync(Organization, "Example Organization", cancellation);
        var adminApi = await founder.PublishAdminApiAsync(organization, options.AdminUrl, cancellation);
        var labels = await founder.PublishAsync(LabelsListing.Describe(organization.Id, options.ApiUrl, upstream), cancellation);
        var (developer, developerAccount) = await founder.CreateUserAsync(organization, "developer@example.org", "Dana Developer", PortalRole.Developer, cancellation);
        var (_, operatorAccount) = await founder.CreateUserAsync(organization, "operator@example.org", "Olu Operator", PortalRole.Operator, cancellation);
        var application = await founder.CreateApplicationAsync(
            organization, "Warehouse", "Buys the labels for the parcels that leave the warehouse.", labels, developer.Id, cancellation);
        var admin = await founder.CreateApplicationAsync(organization, "Operator's command line", "What gatehouse apps uses.", adminApi, ownerId: null, cancellation);
        var demo = new DemoFile
        {
            ClientId = application.ClientId, ClientSecret = application.ClientSecret,
            Developer = developerAccount, Operator = operatorAccount, AdminClient = admin,
        };
        await using var db = database.Open();
        var sealedDemo = key.Seal(Setting, Setting, JsonSerializer.SerializeToUtf8Bytes(demo, DemoJson.Default.DemoFile));
        db.Settings.Add(new Setting { Name = Setting, Value = sealedDemo });
        await db.SaveChangesAsync(cancellation); // Last: what is there is there whole.
        return demo;
    }

    /// <summary>
    /// A later start may have other ports and always has another upstream. Nothing else is touched: what the visitor made of the demo stays.
    /// </summary>
    private async Task MoveAsync(Founder founder, NodeOptions options, string upstream, CancellationToken cancellation)
    {
        await using var db = database.Open();
        var organization = await db.Organizations.AsNoTracking().SingleAsync(row => row.Slug == Organization, cancellation);
        await founder.Apis.MoveAsync(organization.Id, Founder.AdminApi, options.AdminUrl, upstream: null, Actor.System, cancellation);
        await founder.Apis.MoveAsync(
            organization.Id, LabelsListing.Slug, LabelsListing.ResourceAt(options.ApiUrl), upstream, Actor.System, cancellation);
    }

    private static DemoFile At(DemoFile demo, NodeOptions options, string caFile) => demo with
    {
        CaFile = caFile, Issuer = options.Issuer, TokenEndpoint = options.TokenEndpoint,
        PortalUrl = $"{options.Issuer}/exchange/portals/{Organization}/applications/",
        ApiUrl = options.ApiUrl, AdminUrl = options.AdminUrl,
    };
}
