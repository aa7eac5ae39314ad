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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // The framework asks without await, at the start and when a key is made: never while the turn to write is held.
    public IReadOnlyCollection<XElement> GetAllElements() => ReadAsync().WaitAsync(Patience).GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => AddAsync(element, friendlyName).WaitAsync(Patience).GetAwaiter().GetResult();

    private async Task<List<XElement>> ReadAsync()
    {
        await using var connection = await database.ConnectAsync(CancellationToken.None);
        return await connection.ListAsync("""SELECT "Xml" FROM "DataProtectionKeys" WHERE "Xml" <> ''""", row => XElement.Parse(row.Text(0)), CancellationToken.None);
    }

    private Task<int> AddAsync(XElement element, string friendlyName) => database.WriteByStatementAsync(store => store.ExecuteAsync(
        """INSERT INTO "DataProtectionKeys" ("FriendlyName", "Xml") VALUES (@0, @1)""", CancellationToken.None,
        friendlyName, element.ToString(SaveOptions.DisableFormatting)), CancellationToken.None);
}
