using Microsoft.Extensions.Logging;

namespace Distributed.Simulations.Running;

/// <summary>Everything that actors and hosts log, as lines of the transcript.</summary>
internal sealed class TranscriptLogs(Action<string> write) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the transcript is the only place that lines go to");

    public ILogger CreateLogger(string categoryName) => new Line(categoryName, write);

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Line(string name, Action<string> write) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            write($"{name}: {formatter(state, exception)}{(exception is null ? "" : $" [{exception.GetType().Name}: {exception.Message}]")}");
    }
}
