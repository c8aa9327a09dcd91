using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests.Control;

/// <summary>The control of a run from outside: by our own commands, and by a client that knows nothing of us but control.proto.</summary>
public sealed class ControlTests
{
    private const string Proto = "src/Protocol/control.proto";

    /// <summary>10,000 steps, some seconds: a command has time to come while it runs.</summary>
    private static readonly string Longer = TestJobs.Long.Replace("epochs: 1", "epochs: 5", StringComparison.Ordinal);

    /// <summary>As good as endless: it is stopped.</summary>
    private static readonly string Endless = TestJobs.Long.Replace("epochs: 1", "epochs: 1000", StringComparison.Ordinal);

    private const string Secret = "one two three four five six";

    [SkippableFact]
    public async Task A_client_in_JavaScript_watches_a_run_asks_for_a_checkpoint_sets_the_rate_and_stops_it()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("train", folder.Write("job.yaml", Endless),
            "--workers", "2", "--checkpoints", folder["checkpoints"], "--control", "127.0.0.1:0");
        var address = await AddressAsync(run);
        await run.LineAsync("^worker .* joined");

        var (code, output) = await NodePackages.RunAsync("examples/javascript/control.mjs", address, Path.Combine(Script.Root, Proto));

        Assert.True(code == 0, output);
        using var lines = JsonDocument.Parse($"[{output.Trim().ReplaceLineEndings(",")}]");
        JsonElement[] Messages(string what) => [.. lines.RootElement.EnumerateArray().Where(line => line.TryGetProperty(what, out _)).Select(line => line.GetProperty(what))];
        Assert.Equal("long", Messages("status")[0].GetProperty("job").GetString());
        Assert.Contains("RUN_STATE_TRAINING", Messages("status").Select(status => status.GetProperty("state").GetString()));
        Assert.Equal([1, 2], Assert.Single(Messages("workers")).EnumerateArray().Select(worker => worker.GetProperty("number").GetInt32()));
        var checkpoint = Assert.Single(Messages("checkpoint"));
        Assert.Equal(CheckpointFiles.PathOf(folder["checkpoints"], checkpoint.GetProperty("step").GetInt64()), checkpoint.GetProperty("path").GetString());
        Assert.Contains(checkpoint.GetProperty("step").GetInt64(), Messages("checkpoint_written").Select(written => written.GetProperty("step").GetInt64()));
        var rate = Assert.Single(Messages("rate"));
        Assert.Equal(0.05f, rate.GetProperty("change").GetProperty("rate").GetSingle());
        var end = Assert.Single(Messages("run_ended"));
        Assert.Equal(("RUN_OUTCOME_STOPPED", "seen enough"), (end.GetProperty("outcome").GetString(), end.GetProperty("reason").GetString()));

        await run.ExitAsync(0);
        Assert.Equal(run.Fingerprint, end.GetProperty("fingerprint").GetString());
        Assert.Contains("seen enough", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(end.GetProperty("last_checkpoint").GetString()), "the last checkpoint");
    }

    [SkippableFact]
    public async Task A_client_is_told_why_a_call_is_refused()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator(new Dictionary<string, string> { ["DISTRIBUTED_SECRET"] = Secret }, "coordinator",
            folder.Write("job.yaml", TestJobs.Tiny), "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--no-run-folder");
        var address = await AddressAsync(run);
        await run.LineAsync("^coordinator: process");
        using (var status = Tool.Coordinator(new Dictionary<string, string> { ["DISTRIBUTED_SECRET"] = Secret }, "status", "--control", address))
            await status.ExitAsync(0);
        var token = Actors.SharedSecret.From(System.Text.Encoding.UTF8.GetBytes(Secret), "test").ControlToken();
        await WaitingAsync(address);

        var (code, output) = await NodePackages.RunAsync("tests/EndToEnd.Tests/Control/refusals.mjs", address, Path.Combine(Script.Root, Proto), token);

        Assert.True(code == 0, output);
        Assert.Equal(
            [
                ("token", 16, "secret"),
                ("compressed", 12, "compressed messages are not taken"),
                ("long", 8, "65536 bytes at most"),
                ("reason", 3, "200 printable characters"),
                ("rate", 3, "a finite number"),
                ("interval", 3, "wanted 50 to"),
                ("checkpoint", 9, "--checkpoints"),
                ("rate of a run that waits for workers", 0, ""),
                ("unknown", 12, "there is no method"),
            ],
            output.Trim().Split('\n').Select(line =>
            {
                using var told = JsonDocument.Parse(line);
                var (what, details) = (told.RootElement.GetProperty("what").GetString()!, told.RootElement.GetProperty("details").GetString()!);
                return (what, told.RootElement.GetProperty("code").GetInt32(), Regex.Match(details,
                    "secret|compressed messages are not taken|65536 bytes at most|200 printable characters|a finite number|wanted 50 to|--checkpoints|there is no method").Value);
            }));
        Assert.DoesNotContain(token, run.Output + run.Errors, StringComparison.Ordinal);

        async Task WaitingAsync(string at)
        {
            for (var look = 0; look < 100; look++)
            {
                using var status = await Tool.Coordinator(new Dictionary<string, string> { ["DISTRIBUTED_SECRET"] = Secret }, "status", "--control", at).ExitAsync(0);
                if (status.Output.Contains("waiting", StringComparison.Ordinal)) return;
            }
            Assert.Fail("the run does not come to wait for workers");
        }
    }

    [Fact]
    public async Task The_rate_is_set_by_a_command_and_the_answer_is_that_of_a_job_that_says_so()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("train", folder.Write("job.yaml", Longer), "--workers", "2", "--report", folder["report.json"], "--control", "127.0.0.1:0", "--no-run-folder");
        var address = await AddressAsync(run);
        await run.LineAsync("^worker .* joined");

        using var watch = Tool.Coordinator("watch", "--control", address);
        await watch.LineAsync("^step ");
        using var set = await Tool.Coordinator("set-rate", "0.05", "--control", address).ExitAsync(0);
        await watch.ExitAsync(0);
        await run.ExitAsync(0);

        var step = Regex.Match(set.Output, @"^the learning rate is 0\.05 from step (\d+) on; the run keeps no checkpoints").Groups[1].Value;
        var wanted = Answer.Of($"{Longer}\nrate_changes: {{{step}: 0.05}}");
        Assert.Equal(wanted, run.Fingerprint);
        Assert.NotEqual(Answer.Of(Longer), run.Fingerprint);
        Assert.Contains($"the run has ended at step {5 * TestJobs.LongSteps}: done; fingerprint {wanted}", watch.Output, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(folder["report.json"]));
        Assert.Equal(long.Parse(step, CultureInfo.InvariantCulture), report.RootElement.GetProperty("rate_changes")[0].GetProperty("step").GetInt64());
    }

    [Fact]
    public async Task A_rate_that_was_answered_for_is_kept_when_the_coordinator_is_killed()
    {
        using var folder = new Folder();
        string[] train = ["train", folder.Write("job.yaml", Longer), "--workers", "2", "--checkpoints", folder["checkpoints"]];
        string step;
        using (var run = Tool.Coordinator([.. train, "--control", "127.0.0.1:0"]))
        {
            var address = await AddressAsync(run);
            await run.LineAsync("^worker .* joined");
            using var set = await Tool.Coordinator("set-rate", "0.05", "--control", address).ExitAsync(0);
            run.Kill();
            step = Regex.Match(set.Output, @"from step (\d+) on, as .*step-\d+\.safetensors has it").Groups[1].Value;
        }
        using var inspect = await Tool.Coordinator("inspect", folder["checkpoints"]).ExitAsync(0);
        using var again = await Tool.Coordinator([.. train, "--resume"]).ExitAsync(0);

        Assert.Contains($"learning rate     0.05 from step {step} on", inspect.Output, StringComparison.Ordinal);
        Assert.Equal(Answer.Of($"{Longer}\nrate_changes: {{{step}: 0.05}}"), again.Fingerprint);
    }

    [Fact]
    public async Task A_checkpoint_and_a_stop_by_commands()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("train", folder.Write("job.yaml", Endless), "--workers", "1",
            "--in-process", "--checkpoints", folder["checkpoints"], "--keep", "100000", "--control", "127.0.0.1:0");
        var address = await AddressAsync(run);
        await run.LineAsync("^worker .* joined");

        using var checkpoint = await Tool.Coordinator("checkpoint", "--control", address).ExitAsync(0);
        using var status = await Tool.Coordinator("status", "--control", address, "--json").ExitAsync(0);
        using var plain = await Tool.Coordinator("status", "--control", address).ExitAsync(0);
        using var stop = await Tool.Coordinator("stop", "--control", address, "--reason", "enough").ExitAsync(0);
        await run.ExitAsync(0);

        Assert.True(File.Exists(Regex.Match(checkpoint.Output, @"^checkpoint of step \d+: (.*)$", RegexOptions.Multiline).Groups[1].Value.Trim()), checkpoint.Output);
        Assert.Contains("\"RUN_STATE_", status.Output, StringComparison.Ordinal);
        Assert.Matches(@"worker 1 .*: [a-z ]+, \d+ shards? to do, [\d,]+ samples/s while computing", plain.Output);
        Assert.Matches($"^the run has ended at step \\d+: enough; fingerprint {run.Fingerprint}; checkpoint ", stop.Output.Split('\n')[^1]);
        using var nobody = await Tool.Coordinator("status", "--control", address).ExitAsync(2);
        Assert.Contains("nobody listens there", nobody.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--control 0.0.0.0:0", "--tls-cert")]
    [InlineData("--control 127.0.0.1", "wanted HOST:PORT")]
    [InlineData("--tls-cert a.pem", "--control HOST:PORT|all three are wanted")]
    public async Task What_is_wrong_is_said_before_the_run(string options, string sentence)
    {
        using var folder = new Folder();
        using var run = await Tool.Coordinator(["train", folder.Write("job.yaml", TestJobs.Tiny), .. options.Split(' ')]).ExitAsync(2);
        Assert.Matches(sentence, run.Errors);
        Assert.DoesNotContain("worker", run.Output, StringComparison.Ordinal);
    }

    private static async Task<string> AddressAsync(Tool run) => (await run.LineAsync(@"^control: (\S+)$")).Groups[1].Value;
}
