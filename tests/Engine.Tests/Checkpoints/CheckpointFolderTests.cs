using Distributed.Engine.Checkpoints;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Checkpoints;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    private string Root => _temp.File("run");

    private string[] Names() => [.. Directory.GetFiles(Root).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void An_empty_or_missing_folder_has_no_checkpoint()
    {
        Assert.Null(new CheckpointFolder(Root).Latest().Checkpoint);
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public void The_last_few_are_kept_and_the_newest_is_found()
    {
        var folder = new CheckpointFolder(Root, keep: 3);
        for (var step = 98; step <= 102; step++)
        {
            var saved = folder.Save(Samples.Make(step));
            Assert.Equal(folder.FileOf(step), saved.Path);
            Assert.Empty(saved.Warnings);
        }
        Assert.Equal(["step-00000100.safetensors", "step-00000101.safetensors", "step-00000102.safetensors"], Names());
        var found = folder.Latest();
        Assert.Empty(found.Skipped);
        Samples.AssertSame(Samples.Make(102), found.Checkpoint!);
    }

    [Fact]
    public void Steps_are_ordered_as_numbers()
    {
        var folder = new CheckpointFolder(Root, keep: 5);
        foreach (var step in new[] { 99_999_999L, 100_000_000, 7 }) folder.Save(Samples.Make(step));
        Assert.Equal(100_000_000, folder.Latest().Checkpoint!.Progress.Step);
    }

    /// <summary>Whatever way the newest file is torn, the one before is used and the user hears of it.</summary>
    [Fact]
    public void A_torn_newest_is_skipped_with_a_reason()
    {
        const ulong seed = 5;
        var random = new RandomStream(seed, RandomPurpose.Test);
        var folder = new CheckpointFolder(Root);
        folder.Save(Samples.Make(10));
        folder.Save(Samples.Make(20));
        var whole = File.ReadAllBytes(folder.FileOf(20));
        for (var round = 0; round < 60; round++)
        {
            var torn = round % 2 == 0 ? whole[..random.NextInt(whole.Length)] : (byte[])whole.Clone();
            if (round % 2 == 1) torn[^(1 + random.NextInt(80))] ^= (byte)(1 << random.NextInt(8));
            File.WriteAllBytes(folder.FileOf(20), torn);
            var found = folder.Latest();
            Assert.True(found.Checkpoint?.Progress.Step == 10, $"seed {seed}, round {round}");
            var warning = Assert.Single(found.Skipped);
            Assert.Equal(folder.FileOf(20), warning.Path);
            Assert.StartsWith(folder.FileOf(20), warning.Reason);
        }
        File.WriteAllBytes(folder.FileOf(10), []);
        Assert.Null(folder.Latest().Checkpoint);
        Assert.Equal(2, folder.Latest().Skipped.Count);
    }

    [Fact]
    public void A_file_under_the_name_of_another_step_is_skipped()
    {
        var folder = new CheckpointFolder(Root);
        folder.Save(Samples.Make(10));
        File.Copy(folder.FileOf(10), folder.FileOf(30));
        var found = folder.Latest();
        Assert.Equal(10, found.Checkpoint!.Progress.Step);
        Assert.EndsWith("named for step 30, it is of step 10", Assert.Single(found.Skipped).Reason);
    }

    [Fact]
    public void Leftovers_of_a_stopped_writer_are_ignored_then_removed()
    {
        var folder = new CheckpointFolder(Root);
        folder.Save(Samples.Make(10));
        File.Copy(folder.FileOf(10), folder.FileOf(40) + ".tmp");
        File.WriteAllText(Path.Combine(Root, "step-x.safetensors"), "not ours");
        File.WriteAllText(Path.Combine(Root, "notes.txt"), "not ours");
        Assert.Equal(10, folder.Latest().Checkpoint!.Progress.Step);
        Assert.Empty(folder.Latest().Skipped);
        folder.Save(Samples.Make(20));
        Assert.Equal(["notes.txt", "step-00000010.safetensors", "step-00000020.safetensors", "step-x.safetensors"], Names());
    }

    [Fact]
    public void Files_of_later_steps_do_not_push_the_new_one_out()
    {
        var folder = new CheckpointFolder(Root, keep: 1);
        folder.Save(Samples.Make(50));
        folder.Save(Samples.Make(10));
        Assert.Equal(["step-00000010.safetensors", "step-00000050.safetensors"], Names());
    }

    /// <summary>The disk fails after any number of bytes: the save fails with a sentence, the checkpoint before is whole.</summary>
    [Fact]
    public void A_full_disk_leaves_the_checkpoint_before_whole()
    {
        var folder = new CheckpointFolder(Root, keep: 1);
        folder.Save(Samples.Make(10));
        var size = (int)new FileInfo(folder.FileOf(10)).Length;
        for (var room = 0; room < size; room += 97)
        {
            FullDisk? disk = null;
            var failing = new CheckpointFolder(Root, 1, new FailingStorage { Creating = path => disk = new FullDisk(path, room) });
            foreach (var step in new[] { 10, 20 })
            {
                var error = Assert.Throws<CheckpointException>(() => failing.Save(Samples.Make(step, seed: 9)));
                Assert.True(disk!.Refused);
                Assert.Equal($"{failing.FileOf(step)}: cannot be written: no space left", error.Message);
                Samples.AssertSame(Samples.Make(10), folder.Latest().Checkpoint!);
                Assert.Equal(["step-00000010.safetensors"], Names());
            }
        }
    }

    [Fact]
    public void The_best_lies_beside_the_others_and_is_never_the_latest()
    {
        var folder = new CheckpointFolder(Root, keep: 1);
        Assert.Equal(folder.BestFile, folder.SaveBest(Samples.Make(5)));
        Assert.Null(folder.Latest().Checkpoint);
        folder.Save(Samples.Make(10));
        folder.Save(Samples.Make(20));
        Assert.Equal(["best.safetensors", "step-00000020.safetensors"], Names());
        Samples.AssertSame(Samples.Make(5), Checkpoint.Load(folder.BestFile));
        folder.SaveBest(Samples.Make(20));
        Samples.AssertSame(Samples.Make(20), Checkpoint.Load(folder.BestFile));

        var failing = new CheckpointFolder(Root, 1, new FailingStorage { Creating = path => new FullDisk(path, 500) });
        Assert.Contains("no space left", Assert.Throws<CheckpointException>(() => failing.SaveBest(Samples.Make(30))).Message);
        Samples.AssertSame(Samples.Make(20), Checkpoint.Load(folder.BestFile));
        Assert.Equal(["best.safetensors", "step-00000020.safetensors"], Names());
    }

    [Fact]
    public void A_folder_that_cannot_be_is_met_with_a_sentence()
    {
        File.WriteAllText(Root, "a file");
        Assert.Contains("the folder cannot be made", Assert.Throws<CheckpointException>(() => new CheckpointFolder(Root).Save(Samples.Make())).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CheckpointFolder(Root, 0));
    }

    [Fact]
    public void Saving_a_step_again_replaces_it()
    {
        var folder = new CheckpointFolder(Root);
        folder.Save(Samples.Make(10, seed: 1));
        folder.Save(Samples.Make(10, seed: 2));
        Samples.AssertSame(Samples.Make(10, seed: 2), folder.Latest().Checkpoint!);
    }

    [Fact]
    public void A_deposed_writer_writes_nothing_and_deletes_nothing()
    {
        var (former, next) = (new CheckpointFolder(Root, keep: 1), new CheckpointFolder(Root, keep: 1));
        Assert.Equal(1, former.Claim("former/1").Term);
        former.Save(Samples.Make(10));
        former.SaveBest(Samples.Make(10));
        Assert.Equal((true, new TermClaim(2, "next/2")), next.TryClaim("next/2", stands: 1));
        Assert.Equal(new TermClaim(2, "next/2"), former.Standing());

        foreach (Func<object> save in (Func<object>[])[() => former.Save(Samples.Make(20)), () => former.SaveBest(Samples.Make(20)),
            () => new CheckpointFolder(Root).Save(Samples.Make(20))])
            Assert.Equal(new TermClaim(2, "next/2"), Assert.Throws<DeposedException>(save).By);

        Assert.Equal(["best.safetensors", "step-00000010.safetensors", "term", "term.lock"], Names());
        next.Save(Samples.Make(20));
        next.SaveBest(Samples.Make(20));
        Assert.Equal(["best.safetensors", "step-00000020.safetensors", "term", "term.lock"], Names());
    }

    /// <summary>The claim comes when the old one's checkpoint is written and flushed, and only its rename is to be done.</summary>
    [Fact]
    public void A_claim_between_write_and_rename_keeps_the_rename_from_happening()
    {
        var claims = 0;
        var former = new CheckpointFolder(Root, 3, new FailingStorage
        {
            Flushing = stream =>
            {
                DiskStorage.Instance.Flush(stream);
                if (((FileStream)stream).Name.Contains("step-", StringComparison.Ordinal) && ++claims == 2) new CheckpointFolder(Root).Claim("next/2");
            },
        });
        former.Claim("former/1");
        former.Save(Samples.Make(10));

        Assert.Equal(2, Assert.Throws<DeposedException>(() => former.Save(Samples.Make(20))).By.Term);

        Assert.Equal(2, claims);
        Assert.Equal(["step-00000010.safetensors", "term", "term.lock"], Names());
    }

    /// <summary>During the rename nobody can claim, so a checkpoint is either refused or there before the successor looks for it.</summary>
    [Fact]
    public void No_claim_comes_between_the_check_and_the_rename()
    {
        var refused = 0;
        var folder = new CheckpointFolder(Root, 3, new FailingStorage
        {
            Renaming = (from, to) =>
            {
                if (to.Contains("step-", StringComparison.Ordinal))
                {
                    Assert.Throws<CheckpointException>(() => new CheckpointFolder(Root) { LockPatience = TimeSpan.Zero }.Claim("next/2"));
                    refused++;
                }
                DiskStorage.Instance.Rename(from, to);
            },
        });
        folder.Claim("former/1");
        folder.Save(Samples.Make(10));
        Assert.Equal(1, refused);
    }

    /// <summary>Two who write the same step at the same time do not share a file; what one of a higher term writes is not taken for a leftover.</summary>
    [Fact]
    public void Files_that_are_being_written_belong_to_their_term()
    {
        var former = new CheckpointFolder(Root);
        former.Claim("former/1");
        var seen = new List<string>();
        var next = new CheckpointFolder(Root, 3, new FailingStorage
        {
            Flushing = stream =>
            {
                DiskStorage.Instance.Flush(stream);
                seen.AddRange(Names().Where(name => name.EndsWith(".tmp", StringComparison.Ordinal)));
                if (seen.Count == 2) Assert.Throws<DeposedException>(() => former.Save(Samples.Make(20, seed: 9)));
            },
        });
        next.Claim("next/2");
        foreach (var left in new[] { "step-00000005.safetensors.1.tmp", "best.safetensors.2.tmp", "step-00000007.safetensors.tmp" })
            File.WriteAllText(Path.Combine(Root, left), "torn");
        foreach (var other in new[] { "step-00000005.safetensors.3.tmp", "mine.safetensors.tmp", "step-x.tmp" })
            File.WriteAllText(Path.Combine(Root, other), "not a leftover");

        next.Save(Samples.Make(20));

        Assert.Equal(["term.tmp", "mine.safetensors.tmp", "step-00000005.safetensors.3.tmp", "step-00000020.safetensors.2.tmp", "step-x.tmp"], seen);
        Assert.Equal(["mine.safetensors.tmp", "step-00000005.safetensors.3.tmp", "step-00000020.safetensors", "step-x.tmp", "term", "term.lock"], Names());
        Samples.AssertSame(Samples.Make(20), next.Latest().Checkpoint!);
    }

    /// <summary>A file on a disk with room for so many bytes.</summary>
    private sealed class FullDisk(string path, long room) : Stream
    {
        private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write);

        public bool Refused { get; private set; }

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => _file.Length;
        public override long Position { get => _file.Position; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fits = (int)Math.Min(buffer.Length, room - _file.Position);
            _file.Write(buffer[..fits]);
            if (fits == buffer.Length) return;
            Refused = true;
            throw new IOException("no space left");
        }

        public override void Flush() => _file.Flush();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) _file.Dispose();
            base.Dispose(disposing);
        }
    }
}
