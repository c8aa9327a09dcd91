using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>The same bits whoever computes, and however wide their vectors are.</summary>
public sealed class OneAnswerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public Task Workers_in_one_process(int workers) => TrainTinyAsync([], "--in-process", "--workers", $"{workers}");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public Task Worker_processes(int workers) => TrainTinyAsync([], "--workers", $"{workers}");

    [Fact]
    public Task A_chunk_size_that_cuts_layers_in_pieces() => TrainTinyAsync([], "--in-process", "--workers", "3", "--chunk", "7");

    [Theory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 128)]
    [InlineData("DOTNET_EnableHWIntrinsic", 0)]
    public async Task Every_vector_width(string switchedOff, int bits)
    {
        var run = await TrainTinyAsync(Off(switchedOff), "--in-process", "--workers", "2", "--verbose");

        AssertVectors(bits, run);
    }

    [Fact]
    public async Task Workers_of_different_vector_widths()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", "127.0.0.1:0", "--workers", "2");
        var address = (await run.LineAsync(@"^listening on (\S+);")).Groups[1].Value;
        using var narrow = Tool.Worker(Off("DOTNET_EnableAVX512"), "--coordinator", address, "--verbose");
        using var none = Tool.Worker(Off("DOTNET_EnableHWIntrinsic"), "--coordinator", address, "--verbose");

        await run.ExitAsync(0);
        await narrow.ExitAsync(0);
        await none.ExitAsync(0);

        Assert.Equal(Answer.Of(TestJobs.Tiny), run.Fingerprint);
        AssertVectors(256, narrow);
        AssertVectors(0, none);
    }

    private static async Task<Tool> TrainTinyAsync(Dictionary<string, string> environment, params string[] options)
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator(environment, ["train", folder.Write("job.yaml", TestJobs.Tiny), .. options]);

        await run.ExitAsync(0);

        Assert.Equal(Answer.Of(TestJobs.Tiny), run.Fingerprint);
        return run;
    }

    private static Dictionary<string, string> Off(string name) => new() { [name] = "0" };

    /// <summary>The switch worked: no wider vectors than it leaves were at hand (this machine may have narrower ones).</summary>
    private static void AssertVectors(int bits, Tool tool)
    {
        var line = Assert.Single(tool.Matches(@"vectors of (\d+) bits"));
        Assert.True(int.Parse(line.Groups[1].Value) <= bits, $"{line.Value}, not {bits} at most");
    }
}
