using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>The short form of <c>checks/kill-marathon</c>: SIGKILL at random moments, to the coordinator too.</summary>
public sealed class KilledProcessesTests
{
    private const int Kills = 4;

    /// <summary>Two of its kills are of the coordinator, and the last comes early enough on a machine of any speed. Others are tried with
    /// <c>checks/kill-marathon --seed N</c>.</summary>
    private const int Seed = 13;

    /// <summary>2400 steps: while a killed worker is down, for two seconds at most, the others go on, and must not come to the end.</summary>
    private static readonly string Job = TestJobs.Wide.Replace("epochs: 2", "epochs: 8", StringComparison.Ordinal);

    [SkippableFact]
    public async Task The_answer_stays_whoever_is_killed_and_whenever()
    {
        using var folder = new Folder();

        var run = await Script.RunAsync("checks/kill-marathon", "--job", folder.Write("job.yaml", Job), "--kills", $"{Kills}",
            "--seed", $"{Seed}", "--checkpoint-every", "20");

        Assert.True(run.Code == 0, run.All);
        Assert.Contains($"seed         {Seed}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains($"\n{Kills} kills, 2 of them of the coordinator", run.Output, StringComparison.Ordinal);
        Assert.Contains($"fingerprint  {Answer.Of(Job)}: the same", run.Output, StringComparison.Ordinal);
    }
}
