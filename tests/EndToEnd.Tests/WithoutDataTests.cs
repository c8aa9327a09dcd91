using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>Worker processes on machines without the data.</summary>
public sealed class WithoutDataTests
{
    private static readonly string Long = TestJobs.Images.Replace("epochs: 2", "epochs: 2500", StringComparison.Ordinal);

    [Fact]
    public async Task They_are_sent_what_they_need_keep_it_and_the_answer_is_the_same()
    {
        using var folder = new Folder();
        ImageFiles.Write(folder["images"]);
        var empty = Directory.CreateDirectory(folder["empty"]).FullName;
        using var run = Tool.Coordinator("coordinator", folder.Write("job.yaml", Long), "--listen", "127.0.0.1:0", "--workers", "2");
        var address = (await run.LineAsync(@"^listening on (\S+);")).Groups[1].Value;
        using var first = Tool.Worker(Cache("first"), "--coordinator", address, "--data", empty);
        using var second = Tool.Worker("--coordinator", address, "--data", folder["images"]);
        await first.LineAsync($"folder {empty} has no file .*; the coordinator sends the samples that are needed$");
        await run.LineAsync("^epoch 1 of");
        first.Kill();
        await run.LineAsync($@"^worker \d+ \(\S+/{first.Id}\) lost: .*the answer stays the same$");
        var kept = Directory.GetFiles(folder["first"], "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        Assert.True(kept > 0, "nothing was kept");

        second.Kill(); // the rest is computed without the data
        await run.LineAsync($@"^worker \d+ \(\S+/{second.Id}\) lost: .*no worker is left");
        using var again = Tool.Worker(Cache("first"), "--coordinator", address, "--data", empty);
        await run.ExitAsync(0);
        Assert.Equal(Answer.Of(Long, folder.Path), run.Fingerprint);
        await again.ExitAsync(0);

        Dictionary<string, string> Cache(string name) => new() { ["XDG_CACHE_HOME"] = folder[name] };
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_told()
    {
        using var folder = new Folder();
        ImageFiles.Write(folder["images"]);
        var empty = Directory.CreateDirectory(folder["empty"]).FullName;
        using var run = Tool.Coordinator("coordinator", folder.Write("job.yaml", TestJobs.Images), "--listen", "127.0.0.1:0", "--workers", "1");
        var address = (await run.LineAsync(@"^listening on (\S+);")).Groups[1].Value;
        var cache = new Dictionary<string, string> { ["XDG_CACHE_HOME"] = folder.Write("file", "") };
        using var worker = await Tool.Worker(cache, "--coordinator", address, "--data", empty).ExitAsync(2);
        Assert.Contains("samples that are sent cannot be kept there", worker.Errors, StringComparison.Ordinal);
    }
}
