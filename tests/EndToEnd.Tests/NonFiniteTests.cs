using System.Text.Json;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>A learning rate with which the numbers overflow: what the user reads, and what is left on the disk.</summary>
public sealed class NonFiniteTests
{
    private static readonly string Exploding = TestJobs.Tiny.Replace("rate: 0.5", "rate: 1e+20", StringComparison.Ordinal)
        .Replace("loss: softmax-cross-entropy", "loss: squared", StringComparison.Ordinal);

    [Fact]
    public async Task The_run_ends_with_a_sentence_and_goes_on_from_its_checkpoint_where_it_may_skip()
    {
        using var folder = new Folder();
        var checkpoints = folder["checkpoints"];
        string[] train = ["train", folder.Write("job.yaml", Exploding), "--workers", "2", "--checkpoints", checkpoints, "--checkpoint-every", "1",
            "--report", folder["report.json"]];

        using var stopped = await Tool.Coordinator(train).ExitAsync(1);

        Assert.Matches(@"(?m)^The run failed: a number of step \d+ \(epoch \d\) is not finite: in shard \d, [\w-]+ in (layer ""\w+""|the loss \w+) is the first "
            + @"operation whose output is not finite: \S+ for training samples? \d+.* Try a smaller learning rate, clip_norm, or data that is scaled\. "
            + @"The last good checkpoint is .*step-\d+\.safetensors\.$", stopped.Errors);
        Assert.Contains("--resume --on-nan skip", stopped.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(checkpoints), file => !file.EndsWith(".safetensors", StringComparison.Ordinal) && !IsBookkeeping(file));
        using (var inspected = await Tool.Coordinator("inspect", checkpoints).ExitAsync(0))
            Assert.Contains("linear1.weight", inspected.Output, StringComparison.Ordinal);
        Assert.Equal("failed", Report().GetProperty("result").GetString());

        using var skipping = await Tool.Coordinator([.. train, "--resume", "--on-nan", "skip"]).ExitAsync(0);

        Assert.Equal(Answer.Of(Exploding + "\non_nan: skip\n"), skipping.Fingerprint);
        Assert.Matches(@"(?m)^skipped        \d+ steps with numbers that are not finite: \d+, ", skipping.Output);
        Assert.Matches(@"step \d+ \(epoch \d\) is skipped, the (loss|gradient of) ", skipping.Output);
        Assert.NotEqual(0, Report().GetProperty("skipped_steps").GetArrayLength());

        JsonElement Report() => JsonDocument.Parse(File.ReadAllText(folder["report.json"])).RootElement;
        static bool IsBookkeeping(string file) => Path.GetFileName(file) is "term" or "lock" or ".lock" or "term.lock";
    }

    [Fact]
    public async Task A_word_that_is_none_is_refused()
    {
        using var folder = new Folder();
        using var run = await Tool.Coordinator("train", folder.Write("job.yaml", TestJobs.Tiny), "--on-nan", "jump").ExitAsync(2);
        Assert.Contains("--on-nan: wanted stop or skip, came \"jump\"", run.Errors, StringComparison.Ordinal);
    }
}
