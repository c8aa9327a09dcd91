namespace Distributed.Protocol.Tests;

public sealed class ChunkCarriersTests
{
    private readonly ChunkCarriers _carriers = new();

    [Fact]
    public void A_released_chunk_carries_others_and_its_lease_ends_once()
    {
        var (first, second) = (new Lease(), new Lease());
        var chunk = _carriers.Rent(Header(1), new float[3], first);
        chunk.Release();
        chunk.Release();
        var memory = new float[3];
        Assert.Same(chunk, _carriers.Rent(Header(2), memory, second));
        Assert.Equal((Header(2), memory), (chunk.Header, chunk.Data));
        Assert.Equal((1, 0), (first.Releases, second.Releases));
        Assert.NotSame(chunk, _carriers.Rent(Header(3), new float[3]));
    }

    [Fact]
    public void One_without_a_lease_is_used_again_too()
    {
        var chunk = _carriers.Rent(Header(1), new float[3]);
        chunk.Release();
        Assert.Same(chunk, _carriers.Rent(Header(2), new float[3]));
    }

    /// <summary>Its lease sees the chunk as it was: it is nobody else's before the lease has ended.</summary>
    [Fact]
    public void A_chunk_is_free_when_its_lease_has_ended()
    {
        TensorChunk? other = null;
        var lease = new Lease { OnRelease = () => other = _carriers.Rent(Header(2), new float[3]) };
        var chunk = _carriers.Rent(Header(1), new float[3], lease);
        chunk.Release();
        Assert.NotSame(chunk, other);
    }

    private static ChunkHeader Header(int step) => new(ChunkKind.Weights, step, 0, 0, 0, 3);

    private sealed class Lease : IChunkLease
    {
        public int Releases { get; private set; }

        public Action OnRelease { get; init; } = () => { };

        public void Release()
        {
            Releases++;
            OnRelease();
        }
    }
}
