using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>The command <c>data</c>: what it says of sets that are not here, and that wrong use is answered with what to do.</summary>
public sealed class DataTests
{
    [Fact]
    public async Task A_list_tells_what_is_here()
    {
        using var folder = new Folder();
        using var none = await Tool.Coordinator(In(folder), "data", "list").ExitAsync(0);
        string[] lines = none.Output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("mnist ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("not here; 170.1 MB to download", lines[2], StringComparison.Ordinal);

        var batch = Directory.CreateDirectory(Path.Combine(folder.Path, "distributed", "data", "cifar-10"));
        using (var file = File.Create(Path.Combine(batch.FullName, "test_batch.bin"))) file.SetLength(30_730_000);
        using var one = await Tool.Coordinator(In(folder), "data", "list").ExitAsync(0);
        Assert.Contains($"1 of 6 files are in {batch.FullName}", one.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("minst", "", "data get: wanted one of mnist, fashion-mnist, cifar-10, came \"minst\"")]
    [InlineData("mnist", "ftp://host/", "--from: wanted http://… or https://…, came \"ftp://host/\"")]
    public async Task Wrong_use(string name, string from, string message)
    {
        using var folder = new Folder();
        string[] get = ["data", "get", name];
        using var refused = await Tool.Coordinator(In(folder), from.Length == 0 ? get : [.. get, "--from", from]).ExitAsync(2);
        Assert.Contains(message, refused.Errors, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_place_where_nobody_answers()
    {
        using var folder = new Folder();
        using var lost = await Tool.Coordinator(In(folder), "data", "get", "mnist", "--from", "http://127.0.0.1:1", "--to", folder["mnist"]).ExitAsync(1);
        Assert.Contains("http://127.0.0.1:1/train-images-idx3-ubyte.gz: ", lost.Errors, StringComparison.Ordinal);
        Assert.Contains("try again later, or name another place with --from URL-BASE", lost.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_job_of_data_that_was_not_downloaded()
    {
        using var folder = new Folder();
        var job = folder.Write("job.yaml", TestJobs.Images);
        using var refused = await Tool.Coordinator(In(folder), "train", job, "--set", "data.folder=downloaded").ExitAsync(2);
        Assert.Contains("`distributed data get mnist` does that", refused.Errors, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> In(Folder folder) => new() { ["XDG_CACHE_HOME"] = folder.Path };
}
