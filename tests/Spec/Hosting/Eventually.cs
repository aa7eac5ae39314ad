namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>Waits for what the program does in the background: ends as soon as it is true, and fails with its name after a deadline.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline, $"Not true after {Deadline.TotalSeconds} s: {what}.");
            await timer.WaitForNextTickAsync();
        }
    }
}
