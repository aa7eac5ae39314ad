using Gatehouse.Tests.Shared;

namespace Gatehouse.Tests.System.Processes;

internal static class DemoAdmin
{
    extension(AdminClient)
    {
        /// <summary>With a token of the demo's program.</summary>
        public static async Task<AdminClient> OfAsync(RunningDemo demo) => new(
            demo.Facts.CaFile, demo.Facts.AdminUrl, await demo.TokenAsync(demo.Facts.AdminClient.ClientId, demo.Facts.AdminClient.ClientSecret));
    }
}
