using Distributed.Engine.Checkpoints;

namespace Distributed.Engine.Tests.Checkpoints;

public sealed class TermFileTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    private string Root => _temp.File("run");

    [Fact]
    public void Terms_are_claimed_one_after_another_from_1()
    {
        var terms = new TermFile(Root);
        Assert.Equal(TermClaim.None, terms.Read());
        Assert.Equal(new TermClaim(1, "first/1"), terms.Claim("first/1"));
        Assert.Equal(new TermClaim(2, "zweite äöü, eine"), new TermFile(Root).Claim("zweite äöü, eine"));
        Assert.Equal(new TermClaim(2, "zweite äöü, eine"), terms.Read());
        Assert.Equal("2 zweite äöü, eine\n", File.ReadAllText(Path.Combine(Root, TermFile.FileName)));
    }

    [Fact]
    public void A_claim_that_counts_on_a_term_is_made_only_where_that_one_stands()
    {
        var terms = new TermFile(Root);
        Assert.Equal((true, new TermClaim(1, "a")), terms.TryClaim("a", 0));
        Assert.Equal((false, new TermClaim(1, "a")), terms.TryClaim("b", 0));
        Assert.Equal((true, new TermClaim(2, "c")), terms.TryClaim("c", 1));
        Assert.Equal((false, new TermClaim(2, "c")), terms.TryClaim("b", 1));
        Assert.Equal(new TermClaim(2, "c"), terms.Read());
    }

    [Fact]
    public void A_lower_term_is_deposed_and_does_nothing()
    {
        var terms = new TermFile(Root);
        terms.Claim("former/1");
        var done = 0;
        terms.Reigning(1, () => done++);
        terms.Claim("new/2");

        var deposed = Assert.Throws<DeposedException>(() => terms.Reigning(1, () => done++));
        Assert.Equal("new/2 has claimed term 2 of this run and leads it now; this one's is term 1", deposed.Message);
        Assert.Equal((new TermClaim(2, "new/2"), 1L), (deposed.By, deposed.Term));
        Assert.Throws<DeposedException>(() => terms.Check(1));
        terms.Reigning(2, () => done++);
        Assert.Equal(2, done);
    }

    /// <summary>What is done under the lock cannot be overtaken by a claim, which says so instead of waiting for ever.</summary>
    [Fact]
    public void Nobody_claims_while_another_is_under_the_lock()
    {
        var terms = new TermFile(Root) { LockPatience = TimeSpan.Zero };
        terms.Claim("first");
        terms.Reigning(1, () =>
        {
            var refused = Assert.Throws<CheckpointException>(() => new TermFile(Root) { LockPatience = TimeSpan.Zero }.Claim("second"));
            Assert.Contains("another process holds it", refused.Message);
        });
        Assert.Equal(2, new TermFile(Root).Claim("second").Term);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("2 host/1")]
    [InlineData("0 host/1\n")]
    [InlineData("-2 host/1\n")]
    [InlineData("two host/1\n")]
    [InlineData(" host/1\n")]
    [InlineData("99999999999999999999 host/1\n")]
    public void A_damaged_file_is_met_with_a_sentence_and_stays(string text)
    {
        Directory.CreateDirectory(Root);
        var path = Path.Combine(Root, TermFile.FileName);
        File.WriteAllText(path, text);
        var terms = new TermFile(Root);
        Assert.StartsWith($"{path}: a term and its claimant are wanted", Assert.Throws<CheckpointException>(() => terms.Read()).Message);
        Assert.Throws<CheckpointException>(() => terms.Claim("someone"));
        Assert.Throws<CheckpointException>(() => terms.Reigning(5, () => Assert.Fail("the term is not known")));
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    public void A_claimant_is_one_line(string claimant) => Assert.Throws<ArgumentException>(() => new TermFile(Root).Claim(claimant));

    [Fact]
    public void A_disk_that_gives_a_lock_twice_is_refused() =>
        Assert.Contains("exclusive lock twice", Assert.Throws<CheckpointException>(
            () => new TermFile(Root, new FailingStorage { Locking = _ => new MemoryStream() }).Claim("someone")).Message);

    /// <summary>The disk fills up, or the machine stops, at the new term: the one before stands.</summary>
    [Fact]
    public void A_claim_that_cannot_be_written_was_not_made()
    {
        new TermFile(Root).Claim("first");
        var full = new FailingStorage { Flushing = _ => throw new IOException("no space left") };
        Assert.Contains("no space left", Assert.Throws<CheckpointException>(() => new TermFile(Root, full).Claim("second")).Message);
        Assert.Equal(new TermClaim(1, "first"), new TermFile(Root).Read());
        Assert.Equal(2, new TermFile(Root).Claim("second").Term);
    }

    /// <summary>Two processes are told to claim at the same moment, over and over: each of the two terms is claimed by one of them.</summary>
    [Fact]
    public async Task Two_processes_never_claim_the_same_term()
    {
        using var one = new TermProcess("claim", Root);
        using var other = new TermProcess("claim", Root);
        await Task.WhenAll(one.BeginAsync(), other.BeginAsync());
        for (var round = 0; round < 500; round++)
        {
            one.Go();
            other.Go();
            var claims = await Task.WhenAll(one.LineAsync(), other.LineAsync());
            Assert.Equal([(2 * round) + 1, (2 * round) + 2], claims.Select(line => int.Parse(line ?? "0")).Order()); // 0: it has ended
        }
        Assert.Empty(await one.EndAsync());
        Assert.Empty(await other.EndAsync());
    }

    /// <summary>A lock goes with the process that holds it, also when it is killed.</summary>
    [Fact]
    public async Task The_lock_of_another_process_is_respected_until_it_dies()
    {
        Directory.CreateDirectory(Root);
        using var holder = new TermProcess("hold", Root);
        await holder.BeginAsync();
        holder.Go();
        Assert.Equal("held", await holder.LineAsync());

        var terms = new TermFile(Root) { LockPatience = TimeSpan.FromMilliseconds(50) };
        Assert.Contains("another process holds it", Assert.Throws<CheckpointException>(() => terms.Claim("someone")).Message);
        Assert.Equal(TermClaim.None, terms.Read());

        holder.Kill();
        Assert.Equal(1, new TermFile(Root).Claim("someone").Term);
    }
}
