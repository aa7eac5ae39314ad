using System.Text.Json;
using Gatehouse.Tests.Spec.Architecture;

namespace Gatehouse.Tests.Spec.Vectors;

/// <summary>
/// Test vectors of others. They are not part of this repository: they lie in the folder that <c>GATEHOUSE_TEST_VECTORS</c> names, or in
/// <c>shared/vectors</c> beside the repository. Where there are none the tests that need them are skipped, and say so.
/// </summary>
internal static class VectorFiles
{
    private const string Variable = "GATEHOUSE_TEST_VECTORS";

    public static JsonElement Read(params string[] path)
    {
        var folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : Path.Combine(Repository.Root, "..", "shared", "vectors");
        var file = Path.Combine([folder, .. path]);
        Assert.SkipUnless(File.Exists(file), $"There is no {Path.Combine(path)} in {folder}. Set {Variable} to the folder that holds the vectors.");
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }
}
