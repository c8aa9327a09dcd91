namespace Distributed.Coordinator.Cli.Displays;

/// <summary>A line for each epoch and for all that happens to workers and checkpoints.</summary>
internal sealed class PlainDisplay(Notes notes, TextWriter output, TextWriter errors) : IDisplay
{
    public async Task ShowAsync()
    {
        while (await notes.WaitAsync().ConfigureAwait(false))
        {
            while (notes.TryTake(out var note))
                await (note.Kind == NoteKind.Log ? errors : output).WriteLineAsync(note.Line).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
        }
    }
}
