using System.Globalization;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Sizes;

/// <summary>Tokens that calls are made with; obtained when they are first needed.</summary>
internal sealed record TokenFile(string Path, int Count)
{
    /// <summary>A prime above every count: applications that are neighbours in the file are none in the store.</summary>
    public const long Spread = 15_485_863;

    /// <summary>One token for a hot application, else one of each application, or of a sample of them.</summary>
    public static async Task<TokenFile> FindAsync(Rig rig, Installation installation, string access, int most, CancellationToken cancellation)
    {
        var count = access == Access.Hot ? 1 : Math.Min(most, installation.Size.Applications);
        var name = string.Create(CultureInfo.InvariantCulture, $"tokens-{count}");
        var file = new TokenFile(System.IO.Path.Combine(rig.FolderOf(installation.Size.Name), name), count);
        if (File.Exists(file.Path)) return file;
        using var http = rig.Client();
        var asking = new Asking(installation, http);
        await asking.WriteTokensAsync(file.Path, count, place => (int)(place * Spread % installation.Size.Applications), cancellation);
        return file;
    }
}
