using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Gatehouse.Tests.Spec.Architecture;

/// <summary>The arrows between the projects, read out of the compiled assemblies: a forbidden reference fails here.</summary>
public sealed class ArrowsTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Gatehouse.Protocol"] = [],
        ["Gatehouse.Store"] = ["Gatehouse.Protocol"],
        ["Gatehouse.AuthServer"] = ["Gatehouse.Protocol", "Gatehouse.Store"],
        ["Gatehouse.Gateway"] = ["Gatehouse.Protocol", "Gatehouse.Store"],
        ["Gatehouse.Portal"] = ["Gatehouse.Protocol", "Gatehouse.Store"],
        ["Gatehouse.Admin"] = ["Gatehouse.Protocol", "Gatehouse.Store"],
        ["Gatehouse.Client"] = ["Gatehouse.Protocol"],
    };

    public static TheoryData<string> Projects() => new(Allowed.Keys);

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_design_allows(string project)
    {
        var own = References(project).Where(name => name.StartsWith("Gatehouse", StringComparison.Ordinal));
        Assert.Empty(own.Except(Allowed[project], StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Gatehouse.Protocol")]
    [InlineData("Gatehouse.Client")]
    public void The_protocol_and_the_client_know_neither_the_web_server_nor_a_database(string project) =>
        Assert.All(References(project), name => Assert.True(
            name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Gatehouse.", StringComparison.Ordinal), name));

    [Theory]
    [InlineData("Gatehouse.AuthServer")]
    [InlineData("Gatehouse.Gateway")]
    [InlineData("Gatehouse.Portal")]
    [InlineData("Gatehouse.Admin")]
    [InlineData("gatehouse")]
    public void Only_the_store_speaks_SQL(string project)
    {
        Assert.DoesNotContain(References(project), name =>
            name.StartsWith("Npgsql", StringComparison.Ordinal) || name.StartsWith("Microsoft.Data.Sqlite", StringComparison.Ordinal));
        Assert.DoesNotContain(Types(project), type => type is "Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions" or "System.Data.Common.DbCommand");
    }

    [Theory]
    [InlineData("Gatehouse.Gateway")]
    [InlineData("Gatehouse.Portal")]
    [InlineData("Gatehouse.Admin")]
    [InlineData("Gatehouse.Client")]
    public void Only_the_authorization_server_touches_the_signing_key(string project)
    {
        Assert.DoesNotContain("Gatehouse.Store.Secrets.SigningKeyVault", Types(project));
        Assert.DoesNotContain("Gatehouse.Store.Signatures.SeedKey", Types(project));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Only_the_store_knows_the_signature_library(string project) =>
        Assert.Equal(project == "Gatehouse.Store", References(project).Contains("BouncyCastle.Cryptography"));

    [Fact]
    public void The_gateway_reads_the_registry_and_writes_nothing()
    {
        var types = Types("Gatehouse.Gateway");
        Assert.DoesNotContain(types, type => type.StartsWith("Gatehouse.Store.Operations.", StringComparison.Ordinal));
        Assert.DoesNotContain(types, type => type.StartsWith("Gatehouse.Store.Database.", StringComparison.Ordinal));
        Assert.DoesNotContain(types, type => type.StartsWith("Gatehouse.Store.Secrets.", StringComparison.Ordinal));
    }

    private static List<string> References(string project) => Read(project, metadata =>
        metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)).ToList());

    private static HashSet<string> Types(string project) => Read(project, metadata =>
        metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}").ToHashSet(StringComparer.Ordinal));

    private static T Read<T>(string project, Func<MetadataReader, T> read)
    {
        using var assembly = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, project + ".dll")));
        return read(assembly.GetMetadataReader());
    }
}
