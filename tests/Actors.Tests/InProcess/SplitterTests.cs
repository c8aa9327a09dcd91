using System.Collections.Concurrent;
using Distributed.Actors.InProcess;

namespace Distributed.Actors.Tests.InProcess;

public sealed class SplitterTests
{
    private readonly Splitter _splitter = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Each_part_is_done_once(int parts)
    {
        for (var round = 0; round < 200; round++)
        {
            var done = new int[parts];
            _splitter.Run(parts, part => Interlocked.Increment(ref done[part]));
            Assert.All(done, times => Assert.Equal(1, times));
        }
    }

    /// <summary>Two parts that wait for each other.</summary>
    [Fact]
    public void Parts_are_done_at_a_time()
    {
        if (Environment.ProcessorCount < 2) return;
        using var both = new Barrier(2);
        _splitter.Run(2, _ => Assert.True(both.SignalAndWait(Wait.Bound), "the other part was not begun"));
    }

    /// <summary>And what comes after it is as ever.</summary>
    [Fact]
    public void A_failure_is_thrown_when_no_part_runs_any_more()
    {
        for (var round = 0; round < 200; round++)
        {
            var running = 0;
            var failure = Assert.Throws<InvalidDataException>(() => _splitter.Run(16, part =>
            {
                Interlocked.Increment(ref running);
                if (part % 4 == 3) Throw();
                Thread.SpinWait(100);
                Interlocked.Decrement(ref running);
            }));
            Assert.Equal("part", failure.Message);
            Assert.Equal(0, Volatile.Read(ref running));
            var done = new ConcurrentBag<int>();
            _splitter.Run(16, done.Add);
            Assert.Equal(Enumerable.Range(0, 16), done.Order());

            void Throw()
            {
                Interlocked.Decrement(ref running);
                throw new InvalidDataException("part");
            }
        }
    }

    /// <summary>Also from within a part.</summary>
    [Fact]
    public void Who_comes_meanwhile_does_all_by_itself()
    {
        if (Environment.ProcessorCount < 2) return;
        var inner = new ConcurrentBag<int>();
        _splitter.Run(4, outer =>
        {
            var thread = Environment.CurrentManagedThreadId;
            _splitter.Run(8, part =>
            {
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                inner.Add((8 * outer) + part);
            });
        });
        Assert.Equal(Enumerable.Range(0, 32), inner.Order());
    }

    /// <summary>The pool's queue grows where its threads come late, on a busy machine: then a round allocates, and most do not.</summary>
    [Fact]
    public void It_allocates_nothing()
    {
        var (done, silent) = (0, 0);
        Action<int> part = _ => Interlocked.Increment(ref done);
        for (var round = 0; round < 200; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _splitter.Run(8, part);
            if (GC.GetAllocatedBytesForCurrentThread() == before) silent++;
        }

        Assert.Equal(1600, done);
        Assert.True(silent > 150, $"{silent} of 200 rounds allocated nothing");
    }
}
