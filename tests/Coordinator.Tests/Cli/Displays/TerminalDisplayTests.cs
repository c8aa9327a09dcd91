using Distributed.Coordinator.Cli.Displays;
using Distributed.Engine.Training;
using Spectre.Console;

namespace Distributed.Coordinator.Tests.Cli.Displays;

public sealed class TerminalDisplayTests
{
    private readonly StringWriter _output = new();
    private readonly IAnsiConsole _console;

    public TerminalDisplayTests() => _console = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.No,
        Out = new WideOutput(_output),
        Interactive = InteractionSupport.No,
    });

    [Fact]
    public void A_table_shows_where_the_run_stands()
    {
        _console.Write(TerminalDisplay.Table(new ProgressState(150, 200, 50, 4, 0.25, 12345, 90000 + 61, 2) { LastEpoch = new EpochResult(2, 0.25, null, null, 0.9) }, 120));

        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal("epoch step loss test accuracy samples/s workers", Squeeze(lines[0]));
        Assert.Equal("4/4 150/200 0.2500 90.00 % 12,345 2", Squeeze(lines[1]));
        Assert.Equal(new string('━', 40) + " 75 % 1.01:01:01 left", lines[2]);
    }

    [Theory]
    [InlineData(60, "epoch step loss test accuracy samples/s", "35/1000 1712/50000 0.2500 90.00 % 1,712,345")]
    [InlineData(40, "epoch step loss", "35/1000 1712/50000 0.2500")]
    [InlineData(21, "epoch step", "35/1000 1712/50000")]
    public void A_narrow_terminal_has_fewer_columns_and_no_number_is_broken(int width, string heads, string cells)
    {
        var state = new ProgressState(1712, 50_000, 50, 1000, 0.25, 1_712_345, 90000 + 61, 2) { LastEpoch = new EpochResult(2, 0.25, null, null, 0.9) };
        _console.Profile.Width = width;
        _console.Write(TerminalDisplay.Table(state, width));

        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal([heads, cells], lines[..2].Select(Squeeze));
        Assert.EndsWith(" 3 % 1.01:01:01 left", $" {lines[2]}", StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task News_are_written_and_epochs_are_left_to_the_table()
    {
        var notes = new Notes();
        notes.Add("epoch 1", NoteKind.Epoch);
        notes.Add("worker [2] joined");
        notes.Complete();

        await new TerminalDisplay(notes, () => null, _console, TimeProvider.System).ShowAsync();

        Assert.Contains("worker [2] joined", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 1", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short", "short     ")]
    [InlineData("two words that wrap", "two words |that wrap ")]
    [InlineData("abcdefghijklmno", "abcdefghij|klmno     ")]
    [InlineData("a\nb", "a         |b         ")]
    public void Every_row_of_a_note_is_filled_up_so_that_nothing_of_the_table_remains(string note, string rows) =>
        Assert.Equal(rows, TerminalDisplay.Filled(note, 10).Replace('\n', '|'));

    private static string Squeeze(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private sealed class WideOutput(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        public int Width => 120;

        public int Height => 40;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
