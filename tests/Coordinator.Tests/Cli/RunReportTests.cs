using Distributed.Coordinator.Cli;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Engine.Optimizers;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Tests.Cli;

public sealed class RunReportTests : IDisposable
{
    private static readonly RunReport Report = new("abc", 12, 4, 180, 2, 90, 0.25, 0.125, 0.75, 2, 8, 99, 1000, 2_500_000, 3_000_000_000,
        [1, null, 0.25], [0.5], [null], [0.5, 0.75], [3, 11],
        new AuditReport(0.5, 40, 2, 1, ["host/1234"]), "done", "done")
    { RateChanges = [new RateChange(7, 0.05f)] };

    private readonly string _folder = Directory.CreateTempSubdirectory("report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Names_are_those_of_the_documentation() => Assert.Equal(
        """
        {
          "fingerprint": "abc",
          "steps": 12,
          "epochs": 4,
          "samples": 180,
          "train_seconds": 2,
          "samples_per_second": 90,
          "train_loss": 0.25,
          "test_loss": 0.125,
          "test_accuracy": 0.75,
          "workers": 2,
          "virtual_shards": 8,
          "parameters": 99,
          "bytes_sent": 1000,
          "bytes_received": 2500000,
          "peak_memory_bytes": 3000000000,
          "loss_history": [
            1,
            null,
            0.25
          ],
          "train_accuracy_history": [
            0.5
          ],
          "test_loss_history": [
            null
          ],
          "test_accuracy_history": [
            0.5,
            0.75
          ],
          "skipped_steps": [
            3,
            11
          ],
          "audit": {
            "rate": 0.5,
            "audited_shards": 40,
            "unaudited_shards": 2,
            "disagreements": 1,
            "excluded_workers": [
              "host/1234"
            ]
          },
          "result": "done",
          "reason": "done",
          "rate_changes": [
            {
              "step": 7,
              "rate": 0.05
            }
          ]
        }

        """.ReplaceLineEndings("\n"), Report.ToJson().ReplaceLineEndings("\n"));

    [Fact]
    public void Writing_replaces_the_report_before_and_leaves_nothing_else()
    {
        var path = Path.Combine(_folder, "report.json");
        File.WriteAllText(path, "before");

        RunReport.CheckWritable(path, "job.yaml");
        Assert.Equal("before", File.ReadAllText(path));
        Report.Write(path);

        Assert.Equal(Report.ToJson(), File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_found_before()
    {
        Assert.Contains("is a folder", Assert.Throws<UserException>(() => RunReport.CheckWritable(_folder, "job.yaml")).Message, StringComparison.Ordinal);
        Assert.Contains("is the job itself", Assert.Throws<UserException>(() => RunReport.CheckWritable("./job.yaml", "job.yaml")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be written",
            Assert.Throws<UserException>(() => RunReport.CheckWritable(Path.Combine(_folder, "no", "report.json"), "job.yaml")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_tells_what_matters() => Assert.Equal(
        [
            "done: 12 steps, 4 epochs, 180 samples",
            "skipped        2 steps with numbers that are not finite: 3, 11",
            "learning rate  0.05 from step 7 on",
            "test accuracy  75.00 %",
            "train loss     0.250000",
            "train time     2.000 s, 90 samples/s",
            "network        1.0 kB sent, 2.5 MB received",
            "peak memory    3.00 GB",
            "checkpoint     c/step",
            "best           c/best (epoch 3)",
            "fingerprint    abc",
        ],
        Summary.Lines(Report, "c/step", "c/best (epoch 3)", null));

    [Fact]
    public void Eight_skipped_steps_are_named_in_the_summary_and_none_where_there_were_none()
    {
        string[] Lines(int count) => [.. Summary.Lines(Report with { RateChanges = [], SkippedSteps = [.. Enumerable.Range(5, count).Select(i => (long)i)] }, null, null, null)];
        Assert.Equal("skipped        10 steps with numbers that are not finite: 5, 6, 7, 8, 9, 10, 11, 12 and 2 more", Lines(10)[1]);
        Assert.Equal("skipped        1 step with numbers that are not finite: 5", Lines(1)[1]);
        Assert.StartsWith("test accuracy", Lines(0)[1], StringComparison.Ordinal);
    }

    /// <summary>A script that looks for the answer at the end of a line does not take these weights for one.</summary>
    [Fact]
    public void A_run_that_failed_says_of_which_step_its_weights_are_and_a_deposed_one_does_not_name_them()
    {
        Assert.Equal("fingerprint    abc (of the weights after step 12)", Summary.Lines(Report with { Result = "failed" }, null, null, null).Last());
        var deposed = Summary.Lines(Report with { Result = "deposed" }, null, null, null).ToArray();
        Assert.Equal("deposed at step 12: another coordinator leads the run", deposed[0]);
        Assert.DoesNotContain(deposed, line => line.Contains("fingerprint", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_that_ended_early_says_why() => Assert.Equal(["done: 12 steps, 4 epochs, 180 samples", "stopped early: so it was"],
        Summary.Lines(Report with { Reason = "stopped early: so it was" }, null, null, null).Take(2));
}
