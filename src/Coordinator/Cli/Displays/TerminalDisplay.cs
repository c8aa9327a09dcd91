using Spectre.Console;
using Spectre.Console.Rendering;

namespace Distributed.Coordinator.Cli.Displays;

/// <summary>A table with a bar at the bottom of the terminal, redrawn at most ten times a second; news scroll above it.</summary>
internal sealed class TerminalDisplay(Notes notes, Func<RunProgress?> progress, IAnsiConsole console, TimeProvider time) : IDisplay
{
    private const int BarWidth = 40, Gap = 2;
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
    private IRenderable Draw() => progress()?.State is { } state ? Table(state, console.Profile.Width - 1) : new Rows(new Text("starting …"), new Text(" "), new Text(" "));

    /// <summary>Where it is too narrow for all, the last columns are left out: a row that wraps would be more rows.</summary>
    internal static IRenderable Table(ProgressState state, int width)
    {
        var epoch = Math.Min(state.Step / state.StepsPerEpoch + 1, state.Epochs);
        List<(string Head, string Cell)> columns =
        [
            ("epoch", $"{epoch}/{state.Epochs}"),
            ("step", $"{state.Step}/{state.TotalSteps}"),
            ("loss", state.Loss is { } loss ? RunProgress.Number(loss) : "-"),
            ("test accuracy", state.Accuracy is { } accuracy ? RunProgress.Percent(accuracy) : "-"),
            ("samples/s", state.SamplesPerSecond > 0 ? $"{state.SamplesPerSecond:N0}" : "-"),
            ("workers", $"{state.Workers}"),
        ];
        while (columns.Count > 1 && columns.Sum(column => Math.Max(column.Head.Length, column.Cell.Length) + Gap) > width) columns.RemoveAt(columns.Count - 1);
        var grid = new Grid();
        foreach (var _ in columns) grid.AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(Gap));
        grid.AddRow([.. columns.Select(column => column.Head)]);
        grid.AddRow([.. columns.Select(column => column.Cell)]);
        var share = state.TotalSteps == 0 ? 1 : (double)state.Step / state.TotalSteps;
        var text = $" {share:P0} {TimeLeft(state)}";
        var bar = Math.Clamp(width - text.Length, 0, BarWidth);
        var filled = (int)(share * bar);
        return new Rows(grid, new Markup($"[green]{new string('━', filled)}[/][grey]{new string('━', bar - filled)}[/]{text}"));
    }

    private static string TimeLeft(ProgressState state)
    {
        if (state.SecondsLeft is not { } seconds) return "";
        var left = TimeSpan.FromSeconds(Math.Round(seconds));
        return left.Days > 0 ? $"{left:d\\.hh\\:mm\\:ss} left" : $"{left:h\\:mm\\:ss} left";
    }
}
