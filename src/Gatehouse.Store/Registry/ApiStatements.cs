using System.Data;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;

namespace Gatehouse.Store.Registry;

/// <summary>Reads what the hot paths need to know of every published API: four statements at every start and at every change of one of them.</summary>
internal static class ApiStatements
{
    /// <returns>By slug; without plans.</returns>
    public static async Task<IReadOnlyList<Api>> ReadAllAsync(StoreConnection connection, CancellationToken cancellation)
    {
        // One picture: PostgreSQL gives each statement the newest state otherwise.
        await connection.BeginReadAsync(cancellation);
        var apis = await connection.ListAsync(
            """SELECT "Id", "Slug", "Name", "Resource", "Upstream", "ResourceServers", "AccessTokenFormat", "AccessTokenSigningAlg" FROM "Apis" ORDER BY "Slug", "Id" """,
            ReadApi, cancellation);
        var byId = apis.ToDictionary(api => api.Id);
        await connection.ForEachAsync(
            """SELECT "ApiId", "Token" FROM "ApiScopes" """,
            row => byId[row.Id(0)].Scopes.Add(new ApiScope { Token = row.Text(1) }), cancellation);
        await connection.ForEachAsync(
            """SELECT "ApiId", "Type", "Schema" FROM "ApiDetailsTypes" """,
            row => byId[row.Id(0)].DetailsTypes.Add(new ApiDetailsType { Type = row.Text(1), Title = string.Empty, Schema = row.Text(2) }), cancellation);
        await connection.ForEachAsync(
            """SELECT "ApiId", "Method", "PathTemplate", "Scope" FROM "ApiOperations" """,
            row => byId[row.Id(0)].Operations.Add(new ApiOperation { Method = row.Text(1), PathTemplate = row.Text(2), Scope = row.Text(3) }), cancellation);
        return apis;
    }

    private static Api ReadApi(StoreRow row) => new()
    {
        Id = row.Id(0), Slug = row.Text(1), Name = row.Text(2), Resource = row.Text(3), Upstream = row.TextOrNull(4), ResourceServers = row.Texts(5),
        AccessTokenFormat = row.Text(6), AccessTokenSigningAlg = row.Text(7), Scopes = new List<ApiScope>(), Operations = new List<ApiOperation>(),
        DetailsTypes = new List<ApiDetailsType>(),
    };
}
