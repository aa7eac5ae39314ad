using System.Data.Common;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Recording;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Gatehouse.Tests.Store.Recording;

public sealed class RecordingOnSqlite() : RecordingTests(StoreProvider.Sqlite);

public sealed class RecordingOnPostgres() : RecordingTests(StoreProvider.PostgreSql);

/// <summary>What is written behind a request's back.</summary>
public abstract class RecordingTests(StoreProvider provider) : StoreTests(provider)
{
    [Fact]
    public async Task The_newest_fifty_problems_of_an_application_are_kept()
    {
        var first = (await Store.CreateApplicationAsync()).Application.Id;
        var second = (await Store.CreateApplicationAsync()).Application.Id;
        await RecordAsync(Store.Database, Enumerable.Range(0, 120).Select(number => Problem(first, number)).Append(Problem(second, 0)));

        var kept = await Store.ReadAsync(db => db.Problems.Where(row => row.ApplicationId == first).OrderBy(row => row.At).Select(row => row.TraceId).ToListAsync());
        Assert.Equal(Enumerable.Range(70, 50).Select(number => $"trace {number}"), kept);
        Assert.Equal(1, await Store.ReadAsync(db => db.Problems.CountAsync(row => row.ApplicationId == second)));
    }

    [Fact]
    public async Task A_flood_is_dropped_and_what_was_taken_is_written_at_the_stop()
    {
        var applications = new List<Guid>();
        for (var number = 0; number < 30; number++) applications.Add((await Store.CreateApplicationAsync()).Application.Id);
        // Nothing is read before the start, so the queue fills up: 1000 of 5000, taken in order.
        await RecordAsync(Store.Database, Enumerable.Range(0, 5_000).Select(number => Problem(applications[number % 30], number)));

        Assert.Equal(1_000, await Store.ReadAsync(db => db.Problems.CountAsync()));
        Assert.Equal("trace 999", await Store.ReadAsync(db => db.Problems.OrderByDescending(row => row.At).Select(row => row.TraceId).FirstAsync()));
    }

    [Fact]
    public async Task Problems_of_an_application_that_is_gone_do_not_lose_the_others()
    {
        var application = (await Store.CreateApplicationAsync()).Application.Id;
        await RecordAsync(Store.Database, [Problem(Guid.NewGuid(), 1), Problem(application, 2)]);
        Assert.Equal("trace 2", await Store.ReadAsync(db => db.Problems.Select(row => row.TraceId).SingleAsync()));
    }

    [Fact]
    public async Task A_store_that_is_away_does_not_end_the_recorder()
    {
        var application = (await Store.CreateApplicationAsync()).Application.Id;
        var outage = new Outage();
        using var recorder = new ProblemRecorder(Store.OpenElsewhere(outage), new TestLog<ProblemRecorder>());
        outage.Begin();
        await recorder.StartAsync(default);
        recorder.Record(Problem(application, 1));
        await outage.Refused.WaitAsync(Deadline);
        outage.End();
        recorder.Record(Problem(application, 2));
        await recorder.StopAsync(default);

        Assert.Equal("trace 2", await Store.ReadAsync(db => db.Problems.Select(row => row.TraceId).SingleAsync()));
    }

    [Fact]
    public async Task The_last_use_of_a_secret_is_written_and_never_goes_back()
    {
        var secret = (await Store.CreateApplicationAsync()).SecretId;
        using var here = new SecretUsage(Store.Database, Store.Clock, new TestLog<SecretUsage>());
        using var elsewhere = new SecretUsage(Store.OpenElsewhere(), Store.Clock, new TestLog<SecretUsage>());
        here.Record(secret);
        Store.Clock.Advance(TimeSpan.FromSeconds(3));
        elsewhere.Record(secret);
        await elsewhere.FlushAsync(default);
        await here.FlushAsync(default);

        Assert.Equal(Store.Clock.GetUtcNow(), await LastUsedAsync(secret));
    }

    [Fact]
    public async Task A_flush_that_fails_keeps_the_times_for_the_next()
    {
        var secret = (await Store.CreateApplicationAsync()).SecretId;
        var outage = new Outage();
        using var usage = new SecretUsage(Store.OpenElsewhere(outage), Store.Clock, new TestLog<SecretUsage>());
        usage.Record(secret);
        var used = Store.Clock.GetUtcNow();
        outage.Begin();
        await usage.FlushAsync(default);
        Assert.Null(await LastUsedAsync(secret));
        outage.End();
        Store.Clock.Advance(TimeSpan.FromSeconds(5));
        await usage.FlushAsync(default);

        Assert.Equal(used, await LastUsedAsync(secret));
    }

    [Fact]
    public async Task The_last_uses_of_very_many_secrets_take_few_statements()
    {
        var application = (await Store.CreateApplicationAsync()).Application.Id;
        var secrets = Enumerable.Range(0, 2_500).Select(_ => new ApplicationSecret { ApplicationId = application, Verifier = new byte[32] }).ToList();
        await Store.WriteAsync(db => db.ApplicationSecrets.AddRange(secrets));
        var meter = new CommandMeter();
        using var usage = new SecretUsage(Store.OpenElsewhere(meter), Store.Clock, new TestLog<SecretUsage>());
        foreach (var secret in secrets) usage.Record(secret.Id);
        await usage.FlushAsync(default);
        await usage.FlushAsync(default); // Nothing is left.

        Assert.Equal(3, meter.Count);
        Assert.Equal(2_500, await Store.ReadAsync(db => db.ApplicationSecrets.CountAsync(row => row.LastUsedAt == Store.Clock.GetUtcNow())));
    }

    [Fact]
    public async Task A_secret_that_is_used_all_the_time_is_written_once_a_minute_and_another_at_once()
    {
        var (busy, other) = ((await Store.CreateApplicationAsync()).SecretId, (await Store.CreateApplicationAsync()).SecretId);
        var meter = new CommandMeter();
        using var usage = new SecretUsage(Store.OpenElsewhere(meter), Store.Clock, new TestLog<SecretUsage>());
        var first = Store.Clock.GetUtcNow();
        for (var look = 0; look < 12; look++)
        {
            usage.Record(busy);
            if (look == 6) usage.Record(other);
            await usage.FlushAsync(default);
            Store.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(2, meter.Count);
        Assert.Equal(first, await LastUsedAsync(busy));
        Assert.Equal(first + TimeSpan.FromSeconds(30), await LastUsedAsync(other));
        await usage.FlushAsync(default); // A minute later, without another use: the last one is not lost.
        Assert.Equal(first + TimeSpan.FromSeconds(55), await LastUsedAsync(busy));
    }

    [Fact]
    public async Task The_last_uses_before_a_stop_are_written()
    {
        var secret = (await Store.CreateApplicationAsync()).SecretId;
        using var usage = new SecretUsage(Store.Database, Store.Clock, new TestLog<SecretUsage>());
        await usage.StartAsync(default);
        usage.Record(secret);
        await usage.FlushAsync(default);
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        usage.Record(secret); // Written a second ago.
        await usage.StopAsync(default);

        Assert.Equal(Store.Clock.GetUtcNow(), await LastUsedAsync(secret));
    }

    [Fact]
    public async Task The_use_of_a_secret_that_is_gone_does_not_lose_the_others()
    {
        var gone = await Store.CreateApplicationAsync();
        var kept = await Store.CreateApplicationAsync();
        using var usage = new SecretUsage(Store.Database, Store.Clock, new TestLog<SecretUsage>());
        usage.Record(gone.SecretId);
        usage.Record(kept.SecretId);
        await Store.Applications.DeleteAsync(gone.Application.Id, Actor.System);
        await usage.FlushAsync(default);

        Assert.NotNull(await LastUsedAsync(kept.SecretId));
    }

    [Fact]
    public async Task A_registration_whose_token_was_the_last_before_a_stop_is_kept()
    {
        var registration = new Registration(Store.Organization.Id, RegistrationKind.Open, new ApplicationDraft("Newcomer"))
        {
            Scope = ScopeSet.Empty, AllowedScope = ScopeSet.Empty, MaxApplications = 10, UnusedFor = TimeSpan.FromDays(1),
        };
        var registered = TestStore.Succeed(await Store.Registrations.RegisterAsync(registration));
        Assert.True(await ExpiresAsync(registered.Application.Id));
        using var use = new RegistrationUse(Store.Registrations, Store.Clock, new TestLog<RegistrationUse>());
        await use.StartAsync(default);
        use.Record(registered.Application.Id);
        await use.StopAsync(default);

        Assert.False(await ExpiresAsync(registered.Application.Id));
    }

    [Fact]
    public async Task Problems_are_written_by_a_thread_that_answers_no_request()
    {
        var application = (await Store.CreateApplicationAsync()).Application.Id;
        var opening = new OpeningThread();
        using var recorder = new ProblemRecorder(Store.OpenElsewhere(opening), new TestLog<ProblemRecorder>());
        await recorder.StartAsync(default);
        recorder.Record(Problem(application, 1));

        Assert.Equal("Gatehouse problems", await opening.Name.WaitAsync(Deadline));
        await recorder.StopAsync(default);
    }

    private Task<bool> ExpiresAsync(Guid applicationId) =>
        Store.ReadAsync(db => db.Applications.Where(row => row.Id == applicationId).Select(row => row.Registration!.ExpiresAt != null).SingleAsync());

    private Task<DateTimeOffset?> LastUsedAsync(Guid secretId) =>
        Store.ReadAsync(db => db.ApplicationSecrets.Where(row => row.Id == secretId).Select(row => row.LastUsedAt).SingleAsync());

    private Problem Problem(Guid applicationId, int number) => new()
    {
        ApplicationId = applicationId, At = Store.Clock.GetUtcNow().AddSeconds(number), TraceId = $"trace {number}", Code = "code", Cause = "Because.",
    };

    private static async Task RecordAsync(StoreDatabase database, IEnumerable<Problem> problems)
    {
        using var recorder = new ProblemRecorder(database, new TestLog<ProblemRecorder>());
        foreach (var problem in problems) recorder.Record(problem);
        await recorder.StartAsync(default);
        await recorder.StopAsync(default);
    }

    private sealed class OpeningThread : DbConnectionInterceptor
    {
        private readonly TaskCompletionSource<string?> _name = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string?> Name => _name.Task;

        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            _name.TrySetResult(Thread.CurrentThread.Name);
            return new(result);
        }
    }
}
