using Distributed.Engine.Checkpoints;

namespace Distributed.Engine.Tests.Checkpoints;

public sealed class DiskStorageTests : IDisposable
{
    private static readonly DiskStorage Disk = DiskStorage.Instance;

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_lock_has_one_holder_at_a_time_and_can_be_taken_again()
    {
        var path = _temp.File("lock");
        using (var first = Disk.TryLock(path))
        {
            Assert.NotNull(first);
            Assert.Null(Disk.TryLock(path));
            Assert.NotNull(Disk.TryLock(_temp.File("another")));
        }
        using var second = Disk.TryLock(path);
        Assert.NotNull(second);
    }

    /// <summary>A folder that is missing is no lock held by another.</summary>
    [Fact]
    public void A_lock_that_cannot_be_is_an_error() =>
        Assert.ThrowsAny<IOException>(() => Disk.TryLock(_temp.File("none/lock")));

    [Fact]
    public void A_missing_folder_has_no_files_and_a_missing_file_is_deleted_without_a_word()
    {
        Assert.Empty(Disk.Files(_temp.File("none"), "", ""));
        Disk.Delete(_temp.File("none"));
    }

    [Fact]
    public void A_small_text_is_replaced_whole()
    {
        var path = _temp.File("term");
        Assert.Null(WholeFile.ReadText(path));
        WholeFile.WriteText(path, "1 first\n");
        WholeFile.WriteText(path, "2 zweite äöü\n");
        Assert.Equal("2 zweite äöü\n", WholeFile.ReadText(path));
        Assert.False(File.Exists(path + WholeFile.TemporarySuffix));

        // Between the write and the rename the machine stops: the old text stands.
        var stopping = new FailingStorage
        {
            Renaming = (_, _) => throw new IOException("power is gone"),
            Deleting = _ => throw new IOException("still gone"),
        };
        var error = Assert.Throws<CheckpointException>(() => WholeFile.WriteText(path, "3\n", stopping));
        Assert.Contains("power is gone", error.Message);
        Assert.Equal("2 zweite äöü\n", WholeFile.ReadText(path));
    }

    [Fact]
    public void A_long_text_is_neither_written_nor_read()
    {
        var path = _temp.File("long");
        Assert.Throws<ArgumentException>(() => WholeFile.WriteText(path, new string('x', WholeFile.MaxTextBytes + 1)));
        File.WriteAllText(path, new string('x', WholeFile.MaxTextBytes + 1));
        var error = Assert.Throws<CheckpointException>(() => WholeFile.ReadText(path));
        Assert.EndsWith($"the file has {WholeFile.MaxTextBytes + 1}", error.Message);
    }
}
