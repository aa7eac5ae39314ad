using Gatehouse.Store.Database;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Gatehouse.Tests.Store.Database;

public sealed class CompiledModelOnSqlite() : CompiledModelTests(StoreProvider.Sqlite);

public sealed class CompiledModelOnPostgres() : CompiledModelTests(StoreProvider.PostgreSql);

/// <summary>What a start takes ready-made is what the classes and <c>OnModelCreating</c> say today.</summary>
public abstract class CompiledModelTests(StoreProvider provider) : StoreTests(provider)
{
    [Fact]
    public async Task The_compiled_model_is_that_of_the_classes()
    {
        await using var db = Store.Database.Open();
        Assert.StartsWith("Gatehouse.Store.CompiledModels.", db.Model.GetType().FullName, StringComparison.Ordinal);
        var built = db.GetService<IDesignTimeModel>().Model;
        Assert.IsNotAssignableFrom<RuntimeModel>(built);

        var (compiled, expected) = (Lines(db.Model), Lines(built));
        Assert.NotEmpty(expected);
        // Else run eng/compile-models.sh.
        Assert.Equal(expected, compiled);
    }

    private static List<string> Lines(IModel model) => [.. model.GetEntityTypes().OrderBy(type => type.Name).SelectMany(LinesOf)];

    private static IEnumerable<string> LinesOf(IEntityType type)
    {
        yield return $"{type.Name} is {type.GetTableName()}";
        foreach (var property in type.GetProperties().OrderBy(property => property.Name))
        {
            yield return $"{type.Name}.{property.Name}: {property.ClrType} {property.GetColumnName()} {property.GetColumnType()} null={property.IsNullable} "
                + $"max={property.GetMaxLength()} {property.ValueGenerated} {property.GetAfterSaveBehavior()} {property.GetElementType()?.ClrType} default={property.GetDefaultValueSql()} "
                + $"{property.GetTypeMapping().Converter?.GetType()} concurrency={property.IsConcurrencyToken}";
        }
        foreach (var navigation in type.GetNavigations().OrderBy(navigation => navigation.Name))
            yield return $"{type.Name}.{navigation.Name}: many={navigation.IsCollection} {navigation.TargetEntityType.Name}";
        foreach (var key in type.GetKeys()) yield return $"{type.Name} key {Names(key.Properties)}";
        foreach (var index in type.GetIndexes().OrderBy(index => Names(index.Properties))) yield return $"{type.Name} index {Names(index.Properties)} unique={index.IsUnique}";
        foreach (var foreign in type.GetForeignKeys().OrderBy(foreign => Names(foreign.Properties)))
            yield return $"{type.Name} refers by {Names(foreign.Properties)} to {foreign.PrincipalEntityType.Name}, {foreign.DeleteBehavior}, {foreign.DependentToPrincipal?.Name}, {foreign.PrincipalToDependent?.Name}";
    }

    private static string Names(IEnumerable<IReadOnlyProperty> properties) => string.Join(',', properties.Select(property => property.Name));
}
