using System.Collections.Concurrent;
using Gatehouse.Composition;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>A node that cannot start, while what works in the background has begun.</summary>
public sealed class RefusedStartTests
{
    [Fact]
    public async Task WhatHadBegunIsEndedAndNotToldAsAFault()
    {
        var log = new Lines();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(log);
        builder.Services.AddHostedService<Background>().AddHostedService<Refusing>();
        using var node = builder.Build();

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => NodeRunner.StartAsync(node));

        Assert.Equal("The port is taken.", refused.Message);
        var background = Assert.IsType<Background>(node.Services.GetServices<IHostedService>().First());
        Assert.True(background.ExecuteTask!.IsCanceled);
        Assert.DoesNotContain(log.Written, line => line.Contains(nameof(BackgroundService), StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhyItDidNotStartIsToldAlsoWhenItDoesNotStop()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHostedService<Unstoppable>().AddHostedService<Refusing>();
        using var node = builder.Build();

        await Assert.ThrowsAsync<StartRefusedException>(() => NodeRunner.StartAsync(node));
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
