using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Distributed.Actors.Akka;

/// <summary>Passes what Akka.NET logs on to the program's log.</summary>
internal sealed class AkkaLog : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    public AkkaLog()
    {
        var log = Context.System.Settings.Setup.Get<HostSetup>().Value.Log;
        Receive<LogEvent>(line => log.Log(Level(line.LogLevel()), line.Cause, "{Source}: {Line}", line.LogSource, line.Message));
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
    }

    private static LogLevel Level(global::Akka.Event.LogLevel level) => level switch
    {
        global::Akka.Event.LogLevel.DebugLevel => LogLevel.Debug,
        global::Akka.Event.LogLevel.InfoLevel => LogLevel.Debug, // membership in all its steps: for who looks for it
        global::Akka.Event.LogLevel.WarningLevel => LogLevel.Information,
        _ => LogLevel.Warning,
    };
}

/// <summary>In the place of standard output, which Akka.NET writes to while it starts and ends: what matters then is thrown, or stands in our log.</summary>
internal sealed class AkkaSilence : MinimalLogger
{
    protected override void Log(object message)
    {
    }
}
