using Spectre.Console;

namespace Distributed.Coordinator.Cli.Displays;

/// <summary>Shows a run while it goes on.</summary>
internal interface IDisplay
{
    /// <summary>Shows until the notes are complete and all are shown.</summary>
    Task ShowAsync();

    /// <summary>A live display on a terminal; plain lines elsewhere and in continuous integration.</summary>
    public static IDisplay For(Notes notes, Func<RunProgress?> progress, TimeProvider time)
    {
        var isPlain = Console.IsOutputRedirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));
        return isPlain
            ? new PlainDisplay(notes, Console.Out, Console.Error, time)
            : new TerminalDisplay(notes, progress, AnsiConsole.Console, time);
    }
}
