namespace Distributed.Jobs.Tests;

public class JobFileTests
{
    [Fact]
    public void A_file_is_read_with_overrides()
    {
        using var temporary = new TemporaryFolder();
        var path = Path.Combine(temporary.Path, "job.yaml");
        File.WriteAllText(path, "\uFEFF" + TestJobs.Spiral);
        Assert.Equal(TestJobs.SpiralInCode with { Epochs = 5 }, JobFile.Read(path, ["epochs=5"]).GetOrThrow());
        Assert.Equal(TestJobs.SpiralInCode, JobFile.Read(path).GetOrThrow());
    }

    [Fact]
    public void What_is_no_job_file_is_told_as_a_problem()
    {
        using var temporary = new TemporaryFolder();
        var path = Path.Combine(temporary.Path, "job.yaml");
        string Problem() => Assert.Single(JobFile.Read(path).Problems).ToString();

        Assert.Equal($"{path}: there is no such file", Problem());
        File.WriteAllBytes(path, [.. "name: "u8, 0xC3, 0x28]);
        Assert.Equal($"{path}: the file is no UTF-8 text: byte 6 cannot be read", Problem());
        File.WriteAllBytes(path, new byte[JobLimits.MaxTextBytes + 1]);
        Assert.Equal($"{path}: the file has more than 262144 bytes; a job has at most that many", Problem());
        File.WriteAllText(path, "batch: 0");
        Assert.StartsWith($"{path}, line 1: job needs the key data", JobFile.Read(path).Problems[0].ToString(), StringComparison.Ordinal);
        path = temporary.Path;
        Assert.Equal($"{path}: this is a folder; a job file is wanted", Problem());
    }
}
