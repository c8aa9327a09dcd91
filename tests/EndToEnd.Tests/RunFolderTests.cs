using System.Text.Json;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>What is kept of a run, and what can be done with it afterwards.</summary>
public sealed class RunFolderTests : IDisposable
{
    private readonly Folder _folder = new();

    private Dictionary<string, string> Here => new() { [Tool.RunsVariable] = _folder["runs"] };

    [Fact]
    public async Task A_run_is_kept_listed_and_compared()
    {
        var job = _folder.Write("job.yaml", TestJobs.Tiny);
        foreach (var (name, rate) in ((string, string)[])[("one", "0.5"), ("two", "0.25")])
            using (var run = Tool.Coordinator(Here, "train", job, "--in-process", "--workers", "2", "--run-name", name, "--set", $"optimizer.sgd.rate={rate}"))
                await run.ExitAsync(0);
        foreach (var file in (string[])["run.json", "job.yaml", "metrics.jsonl", "events.jsonl", "report.json"])
            Assert.True(File.Exists(_folder[$"runs/one/{file}"]), file);
        Assert.NotEmpty(Directory.GetFiles(_folder["runs/one/tensorboard"]));
        Assert.True(File.Exists(_folder["runs/one/checkpoints/step-00000015.safetensors"]));
        using var info = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["runs/one/run.json"]));
        Assert.Equal("done", info.RootElement.GetProperty("state").GetString());
        Assert.Equal("train", info.RootElement.GetProperty("command")[0].GetString());

        using var list = await Tool.Coordinator(Here, "runs").ExitAsync(0);
        Assert.Matches($@"one +done .* {Answer.Of(TestJobs.Tiny)[..12]}", list.Output);
        using var compared = await Tool.Coordinator(Here, "compare", "one", "two", "--out", _folder["curves.svg"]).ExitAsync(0);
        Assert.Matches(@"optimizer\.sgd\.rate +0\.5 +0\.25", compared.Output);
        var picture = System.Xml.Linq.XDocument.Load(_folder["curves.svg"]);
        Assert.Equal(2 * 4, picture.Descendants().Count(part => part.Name.LocalName == "path" && part.Attribute("fill")?.Value == "none"));
        using var again = await Tool.Coordinator(Here, "compare", "one", "two", "--log", "--out", _folder["log.svg"]).ExitAsync(0);
        Assert.NotEqual(await File.ReadAllTextAsync(_folder["curves.svg"]), await File.ReadAllTextAsync(_folder["log.svg"]));
    }

    [Fact]
    public async Task A_killed_run_is_listed_as_lost_and_goes_on_by_its_name_to_the_same_answer()
    {
        var yaml = TestJobs.Wide.Replace("epochs: 2", "epochs: 6", StringComparison.Ordinal); // seconds long, so that it is killed before it ends
        const int steps = 1800;
        var job = _folder.Write("job.yaml", yaml);
        using (var run = Tool.Coordinator(Here, "train", job, "--in-process", "--workers", "1", "--run-name", "mine", "--checkpoint-every", "50"))
        {
            await Patience.UntilAsync(() => Directory.Exists(_folder["runs/mine/checkpoints"]) && Directory.GetFiles(_folder["runs/mine/checkpoints"], "step-*.safetensors").Length > 0, "a checkpoint");
            run.Kill();
        }
        using var list = await Tool.Coordinator(Here, "runs").ExitAsync(0);
        Assert.Matches("mine +lost ", list.Output);
        using var resumed = await Tool.Coordinator(Here, "train", "--resume", "mine", "--in-process", "--workers", "3").ExitAsync(0);
        Assert.Equal(Answer.Of(yaml), resumed.Fingerprint);
        Assert.Matches("going on from .*mine.checkpoints", resumed.Output);
        using var again = await Tool.Coordinator(Here, "runs").ExitAsync(0);
        Assert.Matches("mine +done ", again.Output);
        Assert.Single(Directory.GetDirectories(_folder["runs"]));
        long[] written = [.. (await File.ReadAllLinesAsync(_folder["runs/mine/metrics.jsonl"])).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("kind").GetString() == "step").Select(line => line.GetProperty("step").GetInt64())];
        Assert.Equal(steps, written[^1]);
        Assert.Equal(Enumerable.Range(1, steps).Select(step => (long)step), written.Distinct().Order());
    }

    [Fact]
    public async Task A_run_that_was_moved_is_found_by_its_folder_and_by_its_name()
    {
        using (var run = Tool.Coordinator(Here, "train", _folder.Write("job.yaml", TestJobs.Tiny), "--in-process", "--run-name", "one")) await run.ExitAsync(0);
        Directory.CreateDirectory(_folder["elsewhere"]);
        Directory.Move(_folder["runs/one"], _folder["elsewhere/kept"]);
        using (var other = Tool.Coordinator(Here, "train", _folder.Write("other.yaml", TestJobs.Tiny.Replace("seed: ", "seed: 4", StringComparison.Ordinal)), "--in-process", "--run-name", "one"))
            await other.ExitAsync(0); // where the first one was
        Dictionary<string, string> there = new() { [Tool.RunsVariable] = _folder["elsewhere"] };
        foreach (var given in (string[])["kept", _folder["elsewhere/kept"]])
        {
            using var evaluated = await Tool.Coordinator(there, "evaluate", given).ExitAsync(0);
            Assert.Contains(Answer.Of(TestJobs.Tiny), evaluated.Output, StringComparison.Ordinal);
        }
        using var resumed = await Tool.Coordinator(there, "train", "--resume", "kept", "--in-process").ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Tiny), resumed.Fingerprint);
        using var none = await Tool.Coordinator(there, "evaluate", "one").ExitAsync(2);
        Assert.Contains("there is no one: wanted a checkpoint's file, a folder of them, or a run", none.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_cannot_go_on_stays_as_it_was()
    {
        using (var run = Tool.Coordinator(Here, "train", _folder.Write("job.yaml", TestJobs.Tiny), "--in-process", "--run-name", "one")) await run.ExitAsync(0);
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var before = await File.ReadAllTextAsync(_folder["runs/one/run.json"]);
        foreach (var (sentence, wrong) in ((string, string[])[])[("is of another job", ["--set", "epochs=60"]), ("batch", ["--set", "batch=none"]), ("cannot be listened on", ["--dashboard", taken.LocalEndpoint.ToString()!]),
            ("there is no checkpoint in", ["--checkpoints", _folder["nowhere"]])])
        {
            using var refused = await Tool.Coordinator(Here, ["train", "--resume", "one", "--in-process", .. wrong]).ExitAsync(2);
            Assert.Contains(sentence, refused.Errors, StringComparison.Ordinal);
            Assert.Equal(before, await File.ReadAllTextAsync(_folder["runs/one/run.json"]));
        }
        using var list = await Tool.Coordinator(Here, "runs").ExitAsync(0);
        Assert.Matches($"one +done .*{Answer.Of(TestJobs.Tiny)[..12]}", list.Output);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_run_that_could_not_begin_or_is_to_leave_nothing()
    {
        var job = _folder.Write("job.yaml", TestJobs.Images); // its data is not there
        using var wrong = await Tool.Coordinator(Here, "train", job, "--in-process").ExitAsync(2);
        Assert.Empty(Directory.GetDirectories(_folder["runs"]));
        var tiny = _folder.Write("tiny.yaml", TestJobs.Tiny);
        using var bare = await Tool.Coordinator(Here, "train", tiny, "--in-process", "--no-run-folder").ExitAsync(0);
        Assert.Empty(Directory.GetDirectories(_folder["runs"]));
        Assert.Equal(Answer.Of(TestJobs.Tiny), bare.Fingerprint);
    }

    [Fact]
    public async Task A_sweep_that_would_come_to_a_name_that_is_taken_does_not_begin()
    {
        var job = _folder.Write("job.yaml", TestJobs.Tiny);
        using var run = await Tool.Coordinator(Here, "train", job, "--in-process", "--run-name", "s-002").ExitAsync(0);
        using var sweep = await Tool.Coordinator(Here, "sweep", job, "--run-name", "s", "--grid", "epochs=1,2").ExitAsync(2);
        Assert.Contains("s-002 already", sweep.Errors, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(_folder["runs"]));
        using var wrong = await Tool.Coordinator(Here, "sweep", job, "--grid", "epochs=1,none").ExitAsync(2);
        Assert.StartsWith("--grid epochs=none, epochs: wanted a whole number", wrong.Errors, StringComparison.Ordinal);
        using var resumed = await Tool.Coordinator(Here, "sweep", job, "--resume", "s-002", "--grid", "epochs=1,2").ExitAsync(2);
        Assert.Contains("--resume is about one run", resumed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_keeps_a_run_for_each_combination_and_names_the_best()
    {
        var job = _folder.Write("job.yaml", TestJobs.Tiny);
        using var sweep = await Tool.Coordinator(Here, "sweep", job, "--workers", "2", "--run-name", "s", "--grid", "optimizer.sgd.rate=0.000001,0.5", "--grid", "epochs=5", "--parallel", "2").ExitAsync(0);
        Assert.Contains("best: s-002 with optimizer.sgd.rate=0.5, epochs=5", sweep.Output, StringComparison.Ordinal);
        using var list = await Tool.Coordinator(Here, "runs").ExitAsync(0);
        Assert.Matches("s-001 +done", list.Output);
        Assert.Matches($"s-002 +done .*{Answer.Of(TestJobs.Tiny)[..12]}", list.Output);
    }

    [Fact]
    public async Task A_sweep_tells_what_it_does_and_after_an_interrupt_the_best_so_far()
    {
        var job = _folder.Write("job.yaml", TestJobs.Tiny);
        using var sweep = Tool.Coordinator(Here, "sweep", job, "--workers", "1", "--run-name", "s", "--grid", "epochs=5,100000,6");
        await sweep.LineAsync(@"^s-002: begins \(2 of 3\) with epochs=100000$");
        Assert.Matches(@"^s-001: begins \(1 of 3\) with epochs=5\r?\ns-001: done, train loss \d\.\d{4}, test loss \d\.\d{4}, test accuracy [\d.]+ %\r?\n", sweep.Output);
        sweep.Interrupt();
        await sweep.ExitAsync(0);
        Assert.Contains("s-002: stopped", sweep.Output, StringComparison.Ordinal);
        Assert.Contains("best of those that are done (1 of 3): s-001 with epochs=5", sweep.Output, StringComparison.Ordinal);
        Assert.Contains("stopped: 1 combination not tried", sweep.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coordinator_and_workers_have_logs_of_their_own()
    {
        var job = _folder.Write("job.yaml", TestJobs.Tiny);
        using var debug = await Tool.Coordinator(Here, "train", job, "--workers", "2", "--run-name", "debug", "--log-level", "debug").ExitAsync(0);
        using var usual = await Tool.Coordinator(Here, "train", job, "--workers", "2", "--run-name", "usual").ExitAsync(0);
        Assert.Equal("", debug.Errors); // it is for the files
        foreach (var who in (string[])["coordinator", "worker-1", "worker-2"])
        {
            Assert.Matches(@"^\d{4}-\d\d-\d\dT[\d:.]+Z .*debug: ", await File.ReadAllTextAsync(_folder[$"runs/debug/logs/{who}.log"]));
            var other = _folder[$"runs/usual/logs/{who}.log"];
            if (File.Exists(other)) Assert.DoesNotContain("debug: ", await File.ReadAllTextAsync(other), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_dry_run_tells_what_a_run_costs_and_keeps_nothing()
    {
        using var dry = await Tool.Coordinator(Here, "train", _folder.Write("job.yaml", TestJobs.Long), "--dry-run", "--workers", "2").ExitAsync(0);
        foreach (var pattern in (string[])["^linear1 ", @"^memory +[\d.]+ MB for each of 2 workers", @"^traffic +1\.2 kB of weights to the workers", $"^time .* for {TestJobs.LongSteps} steps"])
            Assert.Matches(new System.Text.RegularExpressions.Regex(pattern, System.Text.RegularExpressions.RegexOptions.Multiline), dry.Output);
        Assert.False(Directory.Exists(_folder["runs"]));
    }

    [Theory]
    [InlineData("--no-run-folder is about one run: leave it out", "sweep", "x.yaml", "--grid", "epochs=1", "--no-run-folder")]
    [InlineData("no job is given", "train")]
    [InlineData("no job is given", "train", "--resume")]
    [InlineData("there is no run nowhere", "train", "--resume", "nowhere")]
    [InlineData("--no-run-folder does not go with", "train", "x.yaml", "--no-run-folder", "--run-name", "a")]
    [InlineData("wanted 2 to 32 runs, came 1", "compare", "one")]
    [InlineData("there is no run one", "compare", "one", "two")]
    [InlineData("--log-level: wanted trace or debug", "train", "x.yaml", "--log-level", "loud")]
    [InlineData("--dashboard and --no-dashboard do not go together", "train", "x.yaml", "--dashboard", "127.0.0.1:0", "--no-dashboard")]
    [InlineData("there is no run one", "dashboard", "one")]
    public async Task Wrong_use_is_told_in_a_sentence(string sentence, params string[] arguments)
    {
        using var tool = await Tool.Coordinator(Here, arguments).ExitAsync(2);
        Assert.Contains(sentence, tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_needs_a_port_that_is_taken_says_so_and_leaves_nothing()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var place = taken.LocalEndpoint.ToString()!;
        using var tool = await Tool.Coordinator(Here, "train", _folder.Write("job.yaml", TestJobs.Tiny), "--in-process", "--dashboard", place).ExitAsync(2);
        Assert.Contains($"--dashboard {place} cannot be listened on", tool.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_folder["runs"]));
    }

    public void Dispose() => _folder.Dispose();
}
