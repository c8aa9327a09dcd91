using System.Runtime.CompilerServices;

namespace Distributed.Coordinator.Tests.Scheduling;

/// <summary>Plays every transcript and compares. DISTRIBUTED_REWRITE=1 writes them anew, to be reviewed as a diff.</summary>
public class ScheduleTests
{
    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder(), "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Plays_as_written(string name)
    {
        var path = Path.Combine(Folder(), name + ".txt");
        var written = File.ReadAllText(path).ReplaceLineEndings("\n");
        var played = Transcript.Play(written);
        if (Environment.GetEnvironmentVariable("DISTRIBUTED_REWRITE") == "1") File.WriteAllText(path, played);
        else Assert.Equal(written, played);
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Transcripts");
}
