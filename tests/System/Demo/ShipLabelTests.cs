using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Demo;

/// <summary>The sample that an API consumer starts from.</summary>
[Collection(DemoJourneys.Name)]
public sealed class ShipLabelTests(SharedDemo shared)
{
    [Fact]
    public async Task It_buys_a_label_and_prints_the_tracking_number()
    {
        var finished = await Shell.RunAsync(Running.Start("dotnet", [Built.ShipLabel, Path.Combine(shared.Demo.Folder, "demo.json")]));

        Assert.True(finished.ExitCode == 0, finished.Error);
        Assert.Matches(@"^Tracking number \d{10,}, postage \d+\.\d\d USD$", finished.Output);
    }
}
