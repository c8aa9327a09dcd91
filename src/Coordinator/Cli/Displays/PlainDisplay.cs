namespace Distributed.Coordinator.Cli.Displays;

/// <summary>A line for an epoch, one a second at most, and for all that happens to workers and checkpoints.</summary>
internal sealed class PlainDisplay(Notes notes, TextWriter output, TextWriter errors, TimeProvider time) : IDisplay
{
    private static readonly TimeSpan EpochInterval = TimeSpan.FromSeconds(1);

    private long? _lastEpoch;

    public async Task ShowAsync()
    {
        while (await notes.WaitAsync().ConfigureAwait(false))
        {
            while (notes.TryTake(out var note))
            {
                if (note.Kind == NoteKind.Epoch && !IsEpochDue()) continue;
                await (note.Kind == NoteKind.Log ? errors : output).WriteLineAsync(note.Line).ConfigureAwait(false);
            }
            await output.FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Short epochs would fill the screen; the summary tells how the last one ended.</summary>
    private bool IsEpochDue()
    {
        if (_lastEpoch is { } last && time.GetElapsedTime(last) < EpochInterval) return false;
        _lastEpoch = time.GetTimestamp();
        return true;
    }
}
