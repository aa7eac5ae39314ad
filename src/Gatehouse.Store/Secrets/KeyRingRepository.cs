using System.Xml.Linq;
using Gatehouse.Store.Database;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Gatehouse.Store.Secrets;

/// <summary>
/// The keys of the portal's cookies, shared by all nodes. They are read at every start, so by a statement of its own; whoever gives it the keys has
/// sealed them.
/// </summary>
public sealed class KeyRingRepository(StoreDatabase database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => ReadAsync().GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => AddAsync(element, friendlyName).GetAwaiter().GetResult();

    private async Task<List<XElement>> ReadAsync()
    {
        await using var connection = await database.ConnectAsync(CancellationToken.None);
        return await connection.ListAsync("""SELECT "Xml" FROM "DataProtectionKeys" """, row => XElement.Parse(row.Text(0)), CancellationToken.None);
    }

    private async Task AddAsync(XElement element, string friendlyName)
    {
        using var turn = await database.WaitForTurnAsync(CancellationToken.None);
        await using var connection = await database.ConnectAsync(CancellationToken.None);
        await connection.ExecuteAsync(
            """INSERT INTO "DataProtectionKeys" ("FriendlyName", "Xml") VALUES (@0, @1)""", CancellationToken.None,
            friendlyName, element.ToString(SaveOptions.DisableFormatting));
    }
}
