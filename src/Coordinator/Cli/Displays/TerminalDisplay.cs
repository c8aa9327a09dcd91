using Spectre.Console;
using Spectre.Console.Rendering;

namespace Distributed.Coordinator.Cli.Displays;

/// <summary>A table with a bar at the bottom of the terminal, redrawn at most ten times a second; news scroll above it.</summary>
internal sealed class TerminalDisplay(Notes notes, Func<RunProgress?> progress, IAnsiConsole console, TimeProvider time) : IDisplay
{
    private const int BarWidth = 40;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public Task ShowAsync() => console.Live(Draw()).AutoClear(true).StartAsync(RedrawAsync);

    private async Task RedrawAsync(LiveDisplayContext live)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (true)
        {
            while (notes.TryTake(out var note))
                if (note.Kind != NoteKind.Epoch) Write(note);
            live.UpdateTarget(Draw());
            if (notes.Completion.IsCompleted) return;
            await Task.WhenAny(timer.WaitForNextTickAsync().AsTask(), notes.Completion).ConfigureAwait(false);
        }
    }

    /// <summary>Lines are filled up with blanks: they are written over the table, which is drawn anew below.</summary>
    private void Write(Note note)
    {
        if (note.Kind == NoteKind.Log && Console.IsErrorRedirected) Console.Error.WriteLine(note.Line);
        else console.WriteLine(Filled(note.Line, Math.Max(1, console.Profile.Width - 1)), note.Kind is NoteKind.News ? Style.Plain : new Style(Color.Yellow));
    }

    /// <summary>The text in rows of exactly <paramref name="width"/> columns, cut at blanks where there are some.</summary>
    internal static string Filled(string text, int width)
    {
        var rows = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            var rest = line.TrimEnd('\r');
            while (rest.Length > width)
            {
                var cut = rest.LastIndexOf(' ', width);
                if (cut <= 0) cut = width;
                rows.Add(rest[..cut].PadRight(width));
                rest = rest[cut..].TrimStart(' ');
            }
            rows.Add(rest.PadRight(width));
        }
        return string.Join('\n', rows);
    }

    /// <summary>Always of three rows: a display that grows would draw over the line above it.</summary>
    private IRenderable Draw() => progress()?.State is { } state ? Table(state) : new Rows(new Text("starting …"), new Text(" "), new Text(" "));

    internal static IRenderable Table(ProgressState state)
    {
        var epoch = Math.Min(state.Step / state.StepsPerEpoch + 1, state.Epochs);
        var share = state.TotalSteps == 0 ? 1 : (double)state.Step / state.TotalSteps;
        var filled = (int)(share * BarWidth);
        var grid = new Grid().AddColumns(6);
        grid.AddRow("epoch", "step", "loss", "test accuracy", "samples/s", "workers");
        grid.AddRow($"{epoch}/{state.Epochs}", $"{state.Step}/{state.TotalSteps}",
            state.Loss is { } loss ? RunProgress.Number(loss) : "-",
            state.Accuracy is { } accuracy ? RunProgress.Percent(accuracy) : "-",
            state.SamplesPerSecond > 0 ? $"{state.SamplesPerSecond:N0}" : "-", $"{state.Workers}");
        var bar = new Markup($"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/] {share:P0} {TimeLeft(state)}");
        return new Rows(grid, bar);
    }

    private static string TimeLeft(ProgressState state)
    {
        if (state.SecondsLeft is not { } seconds) return "";
        var left = TimeSpan.FromSeconds(Math.Round(seconds));
        return left.Days > 0 ? $"{left:d\\.hh\\:mm\\:ss} left" : $"{left:h\\:mm\\:ss} left";
    }
}
