using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>Who may join a run: those who know its secret, and without one only this machine.</summary>
public sealed class SecretTests
{
    private const string Secret = "one two three four five six";

    private static readonly Dictionary<string, string> Environment = new() { ["DISTRIBUTED_SECRET"] = Secret };

    [Fact]
    public async Task Only_workers_that_prove_the_secret_take_part_and_the_others_are_told_why()
    {
        using var folder = new Folder();
        var (file, other) = (Private(folder.Write("secret", Secret + "\n")), Private(folder.Write("other", "six five four three two one")));
        using var run = Tool.Coordinator(
            "coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", "127.0.0.1:0", "--workers", "1", "--secret-file", file);
        var address = (await run.LineAsync(@"^listening on (\S+);")).Groups[1].Value;

        using var none = await Tool.Worker("--coordinator", address).ExitAsync(2);
        using var wrong = await Tool.Worker("--coordinator", address, "--secret-file", other).ExitAsync(2);
        using var right = Tool.Worker(Environment, "--coordinator", address);
        await run.ExitAsync(0);

        Assert.Contains("asks for a shared secret", none.Errors, StringComparison.Ordinal);
        Assert.Contains("does not prove the shared secret", wrong.Errors, StringComparison.Ordinal);
        Assert.Equal(Answer.Of(TestJobs.Tiny), run.Fingerprint);
        await right.ExitAsync(0);
        Assert.All([run, none, wrong, right], tool => Assert.DoesNotContain("five", tool.Output + tool.Errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_controls_a_run_without_its_secret_is_told_what_to_show()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator(Environment, "coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0");
        var control = (await run.LineAsync(@"^control: (\S+)")).Groups[1].Value;
        using var asked = await Tool.Coordinator("status", "--control", control).ExitAsync(2);
        Assert.Contains("here that is --secret-file FILE or DISTRIBUTED_SECRET", asked.Errors, StringComparison.Ordinal);
        run.Kill();
    }

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::]:0")]
    public async Task Without_a_secret_only_loopback_is_listened_on(string listen)
    {
        using var folder = new Folder();
        using var refused = await Tool.Coordinator("coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", listen).ExitAsync(2);
        Assert.Contains("--secret-file", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_secret_other_machines_may_connect()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator(
            Environment, "coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", "0.0.0.0:0", "--workers", "1");
        var port = (await run.LineAsync(@"^listening on 0\.0\.0\.0:(\d+);")).Groups[1].Value;
        using var worker = Tool.Worker(Environment, "--coordinator", $"127.0.0.1:{port}");
        await run.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Tiny), run.Fingerprint);
    }

    [SkippableFact]
    public async Task Secrets_that_are_none_are_refused_and_open_files_warned_of()
    {
        Skip.If(OperatingSystem.IsWindows(), "file modes are of Unix");
        using var folder = new Folder();
        var (brief, open) = (Private(folder.Write("brief", "0123456789\n")), folder.Write("open", Secret));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var sentence = await RefusedAsync("--secret-file", brief);
        Assert.Contains("has 16 to 4096 bytes, this one has 10", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("56789", sentence, StringComparison.Ordinal);
        Assert.Contains("cannot be read", await RefusedAsync("--secret-file", folder["nowhere"]), StringComparison.Ordinal);
        Assert.Contains("this one has 4099", await RefusedAsync("--secret-file", "/dev/zero"), StringComparison.Ordinal);
        using var asked = Tool.Worker("--coordinator", "127.0.0.1:1", "--patience", "1", "--secret-file", open);
        await asked.LineAsync("^warning: .*open can be read by every user of this machine");
        using var empty = await Tool.Worker(new Dictionary<string, string> { ["DISTRIBUTED_SECRET"] = "x" }, "--coordinator", "127.0.0.1:1").ExitAsync(2);
        Assert.Contains("DISTRIBUTED_SECRET: a shared secret has", empty.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(params string[] options)
    {
        using var worker = await Tool.Worker(["--coordinator", "127.0.0.1:1", .. options]).ExitAsync(2);
        return worker.Errors;
    }

    private static string Private(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
