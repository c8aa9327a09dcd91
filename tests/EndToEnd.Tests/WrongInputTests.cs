using System.Net;
using System.Net.Sockets;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>The user's mistakes: a sentence on standard error, exit code 2, and nothing written.</summary>
public sealed class WrongInputTests
{
    [Theory]
    [InlineData("--sped", "Unrecognized command or argument '--sped'.")]
    [InlineData("--workers 0", "--workers: wanted a whole number from 1 to 1024, or MIN:MAX as in 2:8, came \"0\"")]
    [InlineData("--workers many", "--workers: wanted a whole number from 1 to 1024, or MIN:MAX as in 2:8, came \"many\"")]
    [InlineData("--workers 3:1", "--workers: wanted MIN:MAX with MIN no larger than MAX, as in 1:3, came \"3:1\"")]
    [InlineData("--resume-if-any", "--resume-if-any goes on from a checkpoint: say where they are with --checkpoints DIR")]
    [InlineData("--resume", "--resume goes on from a checkpoint: say of which run with --resume RUN, or where they are with --checkpoints DIR")]
    [InlineData("--no-run-folder --checkpoint-every 5", "--checkpoint-every is about checkpoints: say where to write them with --checkpoints DIR")]
    [InlineData("--report no/such/folder/report.json", "--report no/such/folder/report.json cannot be written")]
    [InlineData("--set epochs=0", "epochs")]
    [InlineData("--set epoch=3", "epoch")]
    public async Task Options(string options, string message)
    {
        using var folder = new Folder();
        await RefusedAsync(message, ["train", folder.Write("job.yaml", TestJobs.Tiny), .. options.Split(' ')]);
        Assert.Equal("job.yaml", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(folder.Path))));
    }

    [Fact]
    public async Task All_wrong_options_at_once_the_unknown_one_first_and_where_to_read_of_the_others()
    {
        var errors = await RefusedAsync("--listen", "coordinator", "job.yaml", "--sped", "--workers", "none", "--chunk", "0", "--standby", "nowhere");

        string[] lines = errors.TrimEnd().Split('\n');
        Assert.Equal("Unrecognized command or argument '--sped'.", lines[0]);
        foreach (var option in new[] { "--workers", "--chunk", "--standby", "Option '--listen' is required" })
            Assert.Contains(lines, line => line.StartsWith(option, StringComparison.Ordinal));
        Assert.Equal("See Distributed.Coordinator coordinator --help.", lines[^1]);

        using var worker = await Tool.Worker("--sped").ExitAsync(2);
        Assert.EndsWith("See Distributed.Worker --help.", worker.Errors.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("localhost:")]
    [InlineData("localhost:99999")]
    [InlineData(":5000")]
    [InlineData("::1:5000")]
    public async Task Addresses(string address)
    {
        using var folder = new Folder();
        await RefusedAsync($"came \"{address}\"", "coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", address);
        await RefusedAsync($"came \"{address}\"", "worker", "--coordinator", address);
    }

    [Fact]
    public async Task A_job_that_is_not_there()
    {
        using var folder = new Folder();
        await RefusedAsync($"{folder["job.yaml"]}: there is no such file", "train", folder["job.yaml"]);
    }

    [Fact]
    public async Task All_problems_of_a_job_each_with_its_place()
    {
        using var folder = new Folder();
        var job = TestJobs.Tiny.Replace("- tanh", "- tahn", StringComparison.Ordinal).Replace("batch: 20", "batch: 0", StringComparison.Ordinal);

        var errors = await RefusedAsync("tahn", "train", folder.Write("job.yaml", job));

        Assert.Matches(@"(?m)^.*job\.yaml.*6.*model\[1\].*tahn.*tanh", errors);
        Assert.Matches(@"(?m)^.*job\.yaml.*11.*batch.*0", errors);
    }

    [Fact]
    public async Task Layers_that_do_not_fit()
    {
        using var folder = new Folder();
        var job = TestJobs.Tiny.Replace("linear: 3", "linear: 4", StringComparison.Ordinal);
        await RefusedAsync("the model's output has shape [4], but the data has 3 classes", "train", folder.Write("job.yaml", job));
    }

    [Fact]
    public async Task Data_that_is_not_there()
    {
        using var folder = new Folder();
        await RefusedAsync("there is no folder", "train", folder.Write("job.yaml", TestJobs.Images), "--report", folder["report.json"]);
        Assert.False(File.Exists(folder["report.json"]));
    }

    [Theory]
    [InlineData(ImageFiles.TrainImages, "cut", "truncated")]
    [InlineData(ImageFiles.TestLabels, "cut", "truncated")]
    [InlineData(ImageFiles.TrainImages, "magic", "an IDX file begins with bytes 00 00")]
    [InlineData(ImageFiles.TestLabels, "label", "label 9; with 3 classes labels are 0 to 2")]
    public async Task Data_that_is_wrong(string file, string how, string message)
    {
        using var folder = new Folder();
        ImageFiles.Write(folder["images"], (name, bytes) => name != file ? bytes : how switch
        {
            "cut" => bytes[..^3],
            "magic" => [1, .. bytes[1..]],
            _ => [.. bytes[..^1], 9],
        });

        var errors = await RefusedAsync(message, "train", folder.Write("job.yaml", TestJobs.Images), "--workers", "1");

        Assert.Contains(file, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use()
    {
        using var folder = new Folder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var run = await Tool.Coordinator("coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", $"127.0.0.1:{port}").ExitAsync(2);
        Assert.Contains($"Port {port} on 127.0.0.1 is in use", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("--control")]
    [InlineData("--dashboard")]
    public async Task A_port_in_use_to_serve_on(string option)
    {
        using var folder = new Folder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var place = $"127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";
        var errors = await RefusedAsync($"{option} {place} cannot be listened on", "train", folder.Write("job.yaml", TestJobs.Tiny), "--in-process", option, place);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Who_listens_and_says_nothing_does_not_hold_up_who_asks()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var place = $"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        await RefusedAsync($"--control {place}: no run is controlled there", "status", "--control", place);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("0,1")]
    [InlineData("NaN")]
    [InlineData("1e99")]
    public async Task Rates(string rate) =>
        await RefusedAsync($"set-rate: wanted a number from 0 on, as in 0.05, came \"{rate}\"", "set-rate", rate, "--control", "127.0.0.1:1");

    [Fact]
    public async Task A_word_that_begins_with_an_at_is_no_file_of_words()
    {
        using var folder = new Folder();
        await RefusedAsync($"@{folder.Path}: there is no such file", "train", $"@{folder.Path}");
    }

    [Fact]
    public async Task A_variable_of_telemetry_that_says_nothing()
    {
        using var folder = new Folder();
        var environment = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1", ["OTEL_EXPORTER_OTLP_HEADERS"] = "nonsense" };
        using var run = await Tool.Coordinator(environment, "train", folder.Write("job.yaml", TestJobs.Tiny), "--in-process").ExitAsync(2);
        Assert.StartsWith("telemetry cannot be sent as the environment's variables OTEL_... say", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkpoints_that_do_not_fit()
    {
        using var folder = new Folder();
        var checkpoints = folder["checkpoints"];
        string[] train = ["train", folder.Write("job.yaml", TestJobs.Tiny), "--in-process", "--checkpoints", checkpoints];
        await RefusedAsync($"--resume: there is no checkpoint in {checkpoints}", [.. train, "--resume"]);
        await RefusedAsync("is a file; a folder is wanted", [.. train[..^1], train[1]]);
        await RefusedAsync("is a file; a folder is wanted", [.. train[..^1], train[1] + "/checkpoints"]);
        using (await Tool.Coordinator(train).ExitAsync(0))
        {
        }

        await RefusedAsync("is of another job: model[0].linear.outputs is 20 here and 16 there", [.. train, "--resume", "--set", "model[0].linear=20"]);
        await RefusedAsync("is of another job: data.spiral.points is 16 here and 15 there", [.. train, "--resume", "--set", "data.points=16"]);
        await RefusedAsync("holds checkpoints already, the latest of step 15: go on from it with --resume", train);
        await RefusedAsync("is of another model", "evaluate", checkpoints, "--set", "model[0].linear=20");
        await RefusedAsync("job.yaml", "inspect", folder["job.yaml"]);
        await RefusedAsync("missing", "inspect", folder["missing"]);
    }

    [Fact]
    public async Task Other_data_than_the_checkpoint_was_trained_on()
    {
        using var folder = new Folder();
        ImageFiles.Write(folder["images"]);
        string[] train = ["train", folder.Write("job.yaml", TestJobs.Images), "--in-process", "--checkpoints", folder["checkpoints"]];
        using (await Tool.Coordinator(train).ExitAsync(0))
        {
        }
        ImageFiles.Write(folder["images"], (name, bytes) => name == ImageFiles.TrainImages ? [.. bytes[..^1], (byte)(bytes[^1] ^ 1)] : bytes);

        await RefusedAsync("was trained on other data", [.. train, "--resume"]);
    }

    [Fact]
    public async Task A_worker_without_a_coordinator()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();

        using var worker = await Tool.Worker("--coordinator", $"127.0.0.1:{port}", "--patience", "1").ExitAsync(1);

        Assert.Contains($"no coordinator answers at 127.0.0.1:{port}", worker.Errors, StringComparison.Ordinal);
    }

    /// <returns>What stands on standard error.</returns>
    private static async Task<string> RefusedAsync(string message, params string[] arguments)
    {
        using var run = await Tool.Coordinator(arguments).ExitAsync(2);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("fingerprint", run.Output, StringComparison.Ordinal);
        return run.Errors;
    }
}
