using System.Collections.Concurrent;
using Gatehouse.Store.Database;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Upkeep;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Store.Recording;

/// <summary>Writes down, behind the request, that an application which registered itself obtained its first token: from then on it does not expire.</summary>
public sealed partial class RegistrationUse(RegistrationOperations operations, TimeProvider clock, ILogger<RegistrationUse> log)
    : RegularWork(TimeSpan.FromSeconds(5), clock)
{
    private readonly ConcurrentDictionary<Guid, bool> _used = new();

    public void Record(Guid applicationId) => _used.TryAdd(applicationId, true);

    protected override bool IsDoneAtTheEnd => true;

    protected override async Task WorkAsync(CancellationToken cancellation)
    {
        foreach (var (id, _) in _used)
        {
            await operations.KeepAsync(id, cancellation);
            _used.TryRemove(id, out _);
        }
    }

    protected override void TellDelayed(Exception exception) => LogDelayed(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "First uses of registered applications could not be written; they are kept for the next try.")]
    private partial void LogDelayed(Exception exception);
}
