using System.Collections.Concurrent;
using Gatehouse.Composition;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>A node that cannot start, while what works in the background has begun.</summary>
public sealed class RefusedStartTests : IDisposable
{
    private static readonly Func<Task> Ready = () => Task.CompletedTask;
    private static readonly Func<Task> NotReady = () => throw new StartRefusedException("The disk is full.");

    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(null);
    private readonly Lines _log = new();

    public RefusedStartTests() => _builder.Logging.AddProvider(_log);

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(true, "The port is taken.")]
    [InlineData(false, "The disk is full.")]
    public async Task WhatHadBegunIsEndedAndNotToldAsAFault(bool refuses, string why)
    {
        _builder.Services.AddHostedService<Background>();
        if (refuses) _builder.Services.AddHostedService<Refusing>();
        var node = _builder.Build();
        var background = Assert.IsType<Background>(node.Services.GetServices<IHostedService>().First());

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => NodeRunner.BeginAsync(node, refuses ? Ready : NotReady));
        Assert.True(background.ExecuteTask!.IsCanceled);
        node.Dispose();

        Assert.Equal(why, refused.Message);
        Assert.DoesNotContain(_log.Written, line => line.Contains(nameof(BackgroundService), StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhyItDidNotStartIsToldAlsoWhenItDoesNotStop()
    {
        _builder.Services.AddHostedService<Unstoppable>().AddHostedService<Refusing>();
        using var node = _builder.Build();

        await Assert.ThrowsAsync<StartRefusedException>(() => NodeRunner.BeginAsync(node, Ready));
    }

    [Fact]
    public async Task WhoIsAskedToStopDuringTheStartEndsWithoutAnError()
    {
        _builder.Services.AddHostedService<Background>().AddHostedService<Slow>();
        using var node = _builder.Build();

        Assert.False(await NodeRunner.BeginAsync(node, Ready));
        Assert.True(node.Services.GetServices<IHostedService>().OfType<Background>().Single().ExecuteTask!.IsCanceled);
    }

    [Fact]
    public async Task WhatGivesUpByItselfIsAnErrorWhoeverStopsItThen()
    {
        _builder.Services.AddHostedService<Background>();
        using var node = _builder.Build();

        await Assert.ThrowsAsync<TaskCanceledException>(() => NodeRunner.BeginAsync(node, () => throw new TaskCanceledException("The driver waited for too long.")));
    }

    private sealed class Background : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Delay(Timeout.Infinite, stoppingToken);
    }

    private sealed class Refusing : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new StartRefusedException("The port is taken.");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Slow(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication(); // As a signal does.
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Unstoppable : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("It does not stop.");
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Enqueue(formatter(state, exception));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
