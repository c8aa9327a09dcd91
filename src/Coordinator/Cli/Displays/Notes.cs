using System.Threading.Channels;

namespace Distributed.Coordinator.Cli.Displays;

/// <summary>Lines on their way to the terminal. Adding one never blocks; a display takes them in its own time.</summary>
internal sealed class Notes
{
    /// <summary>Lines that wait at most; beyond it a line is left out and counted.</summary>
    public const int MaxWaiting = 4096;

    private readonly Channel<Note> _lines = Channel.CreateBounded<Note>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private int _leftOut;

    public void Add(string line, NoteKind kind = NoteKind.News)
    {
        if (!_lines.Writer.TryWrite(new Note(line, kind))) Interlocked.Increment(ref _leftOut);
    }

    /// <summary>No more lines come. Again: nothing.</summary>
    public void Complete() => _lines.Writer.TryComplete();

    /// <summary>Completes when <see cref="Complete"/> was called and all lines are taken.</summary>
    public Task Completion => _lines.Reader.Completion;

    public bool TryTake(out Note note)
    {
        var left = Interlocked.Exchange(ref _leftOut, 0);
        if (left > 0)
        {
            note = new Note($"({left} lines left out: the terminal takes them too slowly)", NoteKind.Warning);
            return true;
        }
        return _lines.Reader.TryRead(out note);
    }

    /// <returns>False when there are no more lines and none will come.</returns>
    public ValueTask<bool> WaitAsync() => _lines.Reader.WaitToReadAsync();
}

/// <param name="Line">May hold line breaks.</param>
internal readonly record struct Note(string Line, NoteKind Kind);

internal enum NoteKind
{
    News,

    /// <summary>An epoch's numbers: left out where a live display shows them.</summary>
    Epoch,

    Warning,

    /// <summary>For standard error.</summary>
    Log,
}
