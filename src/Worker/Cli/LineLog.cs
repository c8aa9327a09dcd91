using Microsoft.Extensions.Logging;

namespace Distributed.Worker.Cli;

/// <summary>Logs as lines: <c>warning: coordinator: …</c>. Warnings and worse, or everything where asked.</summary>
/// <param name="write">Takes a line; called from any thread.</param>
public sealed class LineLog(Action<string> write) : ILoggerProvider
{
    /// <summary>A factory that writes lines to <paramref name="write"/>.</summary>
    /// <param name="quiet">Categories of which only errors are logged, unless <paramref name="verbose"/>.</param>
    public static ILoggerFactory Factory(bool verbose, Action<string> write, params ReadOnlySpan<string> quiet)
    {
        var filter = new LoggerFilterOptions { MinLevel = verbose ? LogLevel.Debug : LogLevel.Warning };
        if (!verbose)
            foreach (var category in quiet)
                filter.Rules.Add(new LoggerFilterRule(null, category, LogLevel.Error, null));
        return new LoggerFactory([new LineLog(write)], filter);
    }

    /// <summary>A factory that writes lines of this level and worse.</summary>
    public static ILoggerFactory Factory(LogLevel least, Action<string> write) => new LoggerFactory([new LineLog(write)], new LoggerFilterOptions { MinLevel = least });

    public ILogger CreateLogger(string categoryName) => new Lines(categoryName, write);

    public void Dispose()
    {
    }

    private sealed class Lines(string category, Action<string> write) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var fault = exception is null ? "" : logLevel >= LogLevel.Error ? $"\n{exception}" : $" ({exception.Message})";
            write($"{logLevel.ToString().ToLowerInvariant()}: {category}: {formatter(state, exception)}{fault}");
        }
    }
}
