using System.Text.Json;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>What the commands print and write.</summary>
public sealed class CommandTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_report_holds_the_runs_numbers(bool sharesMemory)
    {
        using var folder = new Folder();
        string[] options = sharesMemory ? [] : ["--no-shared-memory"];
        using var run = await Tool.Coordinator(
            ["train", folder.Write("job.yaml", TestJobs.Tiny), "--workers", "2", "--report", folder["report.json"], .. options]).ExitAsync(0);

        using var json = JsonDocument.Parse(File.ReadAllText(folder["report.json"]));
        var report = json.RootElement;
        Assert.Equal(
            ["fingerprint", "steps", "epochs", "samples", "train_seconds", "samples_per_second", "train_loss", "test_loss", "test_accuracy", "workers",
                "virtual_shards", "parameters", "bytes_sent", "bytes_received", "peak_memory_bytes", "loss_history",
                "train_accuracy_history", "test_loss_history", "test_accuracy_history", "skipped_steps", "audit", "result", "reason", "rate_changes"],
            report.EnumerateObject().Select(property => property.Name));
        Assert.Equal(Answer.Of(TestJobs.Tiny), report.GetProperty("fingerprint").GetString());
        Assert.Equal(15, report.GetProperty("steps").GetInt64());
        Assert.Equal(5 * 45, report.GetProperty("samples").GetInt64());
        Assert.Equal(2 * 16 + 16 + 16 * 3 + 3, report.GetProperty("parameters").GetInt32());
        Assert.Equal(5, report.GetProperty("loss_history").GetArrayLength());
        foreach (var history in new[] { "train_accuracy_history", "test_loss_history", "test_accuracy_history" })
            Assert.Equal(5, report.GetProperty(history).GetArrayLength());
        Assert.Equal("done", report.GetProperty("result").GetString());
        // Each weight goes down to two workers at every step, and a sum over all shards comes up, from one of them or in parts from both; where
        // memory is shared, only word of them.
        var vectors = sharesMemory ? 0 : 15 * 99 * 4;
        Assert.True(report.GetProperty("bytes_sent").GetInt64() > 2 * vectors, report.ToString());
        Assert.True(report.GetProperty("bytes_received").GetInt64() > vectors, report.ToString());
        // Three processes of .NET.
        Assert.True(report.GetProperty("peak_memory_bytes").GetInt64() > 3 * 15_000_000, report.ToString());
        Assert.Equal(["job.yaml", "report.json"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_checkpoint_is_inspected_and_evaluated()
    {
        using var folder = new Folder();
        using var run = await Tool.Coordinator("train", folder.Write("job.yaml", TestJobs.Tiny), "--in-process", "--checkpoints", folder["checkpoints"])
            .ExitAsync(0);
        var accuracy = (await run.LineAsync("^test accuracy +(.*)$")).Groups[1].Value;

        using var inspected = await Tool.Coordinator("inspect", folder["checkpoints"]).ExitAsync(0);
        using var evaluated = await Tool.Coordinator("evaluate", CheckpointFiles.PathOf(folder["checkpoints"], 15)).ExitAsync(0);

        Assert.Equal(run.Fingerprint, inspected.Fingerprint);
        await inspected.LineAsync("^step +15 ");
        await inspected.LineAsync(@"weight \[2, 16\]|weight \[16, 2\]");
        await inspected.LineAsync("^name: tiny$");
        Assert.Equal(run.Fingerprint, evaluated.Fingerprint);
        Assert.StartsWith(accuracy, (await evaluated.LineAsync("^test accuracy +(.*)$")).Groups[1].Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loss_that_is_no_number_fails_the_run()
    {
        using var folder = new Folder();
        using var run = await Tool.Coordinator("train", folder.Write("job.yaml", TestJobs.Tiny), "--in-process", "--workers", "2",
            "--set", "optimizer.rate=1e30", "--report", folder["report.json"]).ExitAsync(1);

        Assert.Contains("Try a smaller learning rate", run.Errors, StringComparison.Ordinal);
        Assert.Contains("\"result\": \"failed\"", File.ReadAllText(folder["report.json"]), StringComparison.Ordinal);
    }
}
