using Distributed.Engine.Data;

namespace Distributed.Jobs.Tests;

/// <summary>Data that names no folder is read from where downloads are kept.</summary>
public sealed class DataCacheTests
{
    private const string NoFolder = """
        data: {idx: {SET}}
        model: [flatten, linear: 2]
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.1}}
        batch: 2
        shards: 1
        epochs: 1
        """;

    [Theory]
    [InlineData("", "mnist")]
    [InlineData("folder: downloaded, set: fashion-mnist", "fashion-mnist")]
    public void A_job_without_a_folder_reads_the_downloaded_set(string keys, string set)
    {
        using var cache = new TemporaryFolder();
        WriteSet(Path.Combine(cache.Path, set));
        var job = TestJobs.Read(NoFolder.Replace("SET", keys, StringComparison.Ordinal));

        var options = new PrepareOptions { BaseFolder = "/no/such/folder", CacheFolder = cache.Path };
        Assert.Equal(2, job.Resolved("/no/such/folder").Prepare(options).Train.Count);
        Assert.Equal(job, TestJobs.Read(job.ToYaml()));
    }

    [Fact]
    public void A_folder_that_is_named_goes_before_it()
    {
        using var cache = new TemporaryFolder();
        WriteSet(Path.Combine(cache.Path, "mnist"));
        var job = TestJobs.Read(NoFolder.Replace("SET", "folder: elsewhere", StringComparison.Ordinal));
        var options = new PrepareOptions { BaseFolder = cache.Path, CacheFolder = cache.Path };
        Assert.Contains(Path.Combine(cache.Path, "elsewhere"), Assert.Throws<DataException>(() => job.Prepare(options)).Message);

        WriteSet(Path.Combine(cache.Path, "kept"));
        Assert.Equal(2, job.Prepare(options with { DataFolder = Path.Combine(cache.Path, "kept") }).Train.Count);
    }

    [Fact]
    public void What_was_not_downloaded_is_told_with_what_to_do()
    {
        using var cache = new TemporaryFolder();
        var job = TestJobs.Read(NoFolder.Replace("SET", "", StringComparison.Ordinal));
        var options = new PrepareOptions { BaseFolder = cache.Path, CacheFolder = cache.Path };
        Assert.Equal(
            $"the data names no folder, and mnist was not downloaded to {Path.Combine(cache.Path, "mnist")}: `distributed data get mnist` does that; data.folder names another place",
            Assert.Throws<DataException>(() => job.Prepare(options)).Message);
    }

    [Fact]
    public void The_folder_does_not_decide_the_answer()
    {
        var job = TestJobs.Read(NoFolder.Replace("SET", "", StringComparison.Ordinal));
        var other = TestJobs.Read(NoFolder.Replace("SET", "folder: a, set: fashion-mnist", StringComparison.Ordinal));
        Assert.Equal(job.Fingerprint, other.Fingerprint);
    }

    [Fact]
    public void The_cache_is_where_the_platform_keeps_what_can_be_had_again()
    {
        var absolute = Path.GetFullPath("/caches");
        Assert.Equal(Path.Combine(absolute, "distributed", "data"), DataCache.FolderOf(_ => absolute, _ => "/of/me"));
        var usual = DataCache.FolderOf(_ => null, _ => "/of/me");
        Assert.StartsWith("/of/me", usual, StringComparison.Ordinal);
        Assert.Equal(usual, DataCache.FolderOf(_ => "relative", _ => "/of/me"));
        Assert.Contains("set XDG_CACHE_HOME", Assert.Throws<DataException>(() => DataCache.FolderOf(_ => null, _ => "")).Message);
    }

    private static void WriteSet(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (images, labels) in new[] { (IdxImages.TrainImages, IdxImages.TrainLabels), (IdxImages.TestImages, IdxImages.TestLabels) })
        {
            File.WriteAllBytes(Path.Combine(folder, images), [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 51]);
            File.WriteAllBytes(Path.Combine(folder, labels), [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]);
        }
    }
}
