using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Store.Fixture;

/// <summary>Shows with a failed test what was logged during it.</summary>
internal sealed class TestLog<T> : ILogger<T>
{
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            _output?.WriteLine($"{formatter(state, exception)} {exception?.GetType().Name}: {exception?.GetBaseException().Message}");
        }
        catch (InvalidOperationException)
        {
            // The test is over.
        }
    }
}
