using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Labels;

public sealed class PostageTests
{
    [Theory]
    // ground: 4.90 + 0.55 per zone; further pounds 0.45 + 0.12 x zone
    [InlineData("ground", "04101", 16, "oz", 1, "4.90", "2026-03-09")]
    [InlineData("ground", "04101", 16.01, "oz", 1, "5.47", "2026-03-09")]
    [InlineData("ground", "04101", 453.59, "g", 1, "4.90", "2026-03-09")]
    [InlineData("ground", "04101", 453.6, "g", 1, "5.47", "2026-03-09")]
    [InlineData("ground", "09102", 1, "oz", 2, "5.45", "2026-03-09")]
    [InlineData("ground", "09202", 1, "oz", 3, "6.00", "2026-03-09")]
    [InlineData("ground", "69101", 1, "oz", 7, "8.20", "2026-03-11")]
    [InlineData("ground", "69201", 1, "oz", 8, "8.75", "2026-03-12")]
    // priority: 8.70 + 0.95 per zone; further pounds 0.85 + 0.25 x zone
    [InlineData("priority", "80304", 38.5, "oz", 8, "21.05", "2026-03-09")]
    // express: 29.50 + 3.40 per zone; further pounds 2.60 + 0.55 x zone
    [InlineData("express", "04101", 1120, "oz", 1, "246.85", "2026-03-07")]
    [InlineData("express", "80304", 8, "oz", 8, "53.30", "2026-03-09")]
    public async Task Postage_follows_the_rate_table_and_Sundays_are_skipped(
        string service, string zip, double weight, string unit, int zone, string amount, string delivery)
    {
        await using var server = await LabelsServer.StartAsync();
        var order = LabelsServer.Order();
        order["service"] = service;
        order["to"]!["zip"] = zip;
        order["weight"] = new JsonObject { ["value"] = weight, ["unit"] = unit };

        var label = await server.BuyAsync(order);

        Assert.Equal(zone, label.GetProperty("postage").GetProperty("zone").GetInt32());
        Assert.Equal(amount, label.GetProperty("postage").GetProperty("amount").GetString());
        Assert.Equal(delivery, label.GetProperty("estimated_delivery").GetString());
    }

    [Theory]
    [InlineData(12, 12, 12, "in", 1)]
    [InlineData(12, 12, 13, "in", 12)]
    [InlineData(30.48, 30.48, 33.02, "cm", 12)]
    public async Task A_bulky_parcel_pays_for_its_size(double length, double width, double height, string unit, int pounds)
    {
        await using var server = await LabelsServer.StartAsync();
        var order = LabelsServer.Order();
        order["dimensions"] = new JsonObject { ["length"] = length, ["width"] = width, ["height"] = height, ["unit"] = unit };

        var label = await server.BuyAsync(order);

        Assert.Equal(pounds, label.GetProperty("postage").GetProperty("billable_pounds").GetInt32());
    }
}
