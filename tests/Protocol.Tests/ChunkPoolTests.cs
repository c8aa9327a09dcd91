namespace Distributed.Protocol.Tests;

public sealed class ChunkPoolTests
{
    private static ChunkHeader Header(int elements) => new(ChunkKind.Weights, 1, 0, 0, 0, elements);

    [Fact]
    public void Released_memory_is_lent_again()
    {
        var pool = new ChunkPool();
        var first = pool.Rent(Header(1000));
        Assert.Equal(1000, first.Data.Length);
        first.Data.Span[5] = 42;
        first.Release();
        first.Release();
        Assert.Equal((0, 4096), (pool.Lent, pool.KeptBytes));
        var second = pool.Rent(Header(600));
        Assert.Equal(42, second.Data.Span[5]);
        Assert.Equal((1, 0), (pool.Lent, pool.KeptBytes));
    }

    [Fact]
    public void Lending_again_what_came_back_allocates_nothing()
    {
        var pool = new ChunkPool();
        pool.Rent(Header(1000)).Release();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            pool.Rent(Header(1000)).Release();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void It_keeps_no_more_than_its_bound()
    {
        var pool = new ChunkPool(maxKeptBytes: 10_000);
        var chunks = Enumerable.Range(0, 5).Select(_ => pool.Rent(Header(1024))).ToArray();
        foreach (var chunk in chunks)
        {
            chunk.Release();
        }

        Assert.Equal((0, 8192), (pool.Lent, pool.KeptBytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(FrameLimits.MaxChunkElements + 1)]
    public void Sizes_out_of_range_are_refused(int elements) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChunkPool().Rent(Header(elements)));
}
