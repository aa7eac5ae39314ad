using System.Data.Common;

namespace Gatehouse.Store.Database;

/// <summary>For tests, which watch or hold single statements as they do with EF Core's interceptors.</summary>
internal interface IStatementWatch
{
    ValueTask OpeningAsync() => default;

    ValueTask ExecutingAsync(DbCommand command) => default;

    /// <summary>A command was executed and nothing of its answer was read.</summary>
    ValueTask ExecutedAsync() => default;

    ValueTask CommittingAsync() => default;
}
