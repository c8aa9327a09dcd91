using Distributed.Coordinator.Cli.Displays;

namespace Distributed.Coordinator.Tests.Cli.Displays;

public sealed class NotesTests
{
    [Fact]
    public void Lines_come_in_order_and_then_the_end()
    {
        var notes = new Notes();
        notes.Add("one");
        notes.Add("two", NoteKind.Warning);
        notes.Complete();

        Assert.Equal([new Note("one", NoteKind.News), new Note("two", NoteKind.Warning)], Taken(notes));
        Assert.True(notes.Completion.IsCompleted);
    }

    [Fact]
    public void A_terminal_that_is_too_slow_blocks_nobody_and_is_told_what_it_missed()
    {
        var notes = new Notes();
        for (var i = 0; i < Notes.MaxWaiting + 3; i++) notes.Add($"{i}");

        var taken = Taken(notes);

        Assert.Equal("(3 lines left out: the terminal takes them too slowly)", taken[0].Line);
        Assert.Equal(Notes.MaxWaiting + 1, taken.Count);
    }

    [Fact]
    public async Task Plain_lines_are_written_until_the_end()
    {
        var notes = new Notes();
        var (output, errors) = (new StringWriter(), new StringWriter());
        var showing = new PlainDisplay(notes, output, errors, new StandingTime()).ShowAsync();
        notes.Add("epoch 1", NoteKind.Epoch);
        notes.Add("epoch 2 comes within the same second", NoteKind.Epoch);
        notes.Add("debug: something", NoteKind.Log);
        notes.Add("worker 1 joined");
        notes.Complete();

        await showing;

        Assert.Equal(["epoch 1", "worker 1 joined"], output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("debug: something", errors.ToString().TrimEnd());
    }

    private static List<Note> Taken(Notes notes)
    {
        var taken = new List<Note>();
        while (notes.TryTake(out var note)) taken.Add(note);
        return taken;
    }

    private sealed class StandingTime : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}
