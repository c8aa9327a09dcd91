using Distributed.Protocol;

namespace Distributed.Worker.Tests;

public class ReplicaTests
{
    private const int Elements = 10;
    private const int ChunkElements = 4;

    private readonly Scratch _scratch = new();
    private readonly Replica _replica;

    public ReplicaTests() => _replica = new Replica(Elements, ChunkElements, _scratch);

    [Fact]
    public void A_version_is_whole_when_its_last_chunk_has_come_in_whatever_order()
    {
        Assert.Null(Accept(0, 2));
        Assert.Null(Accept(0, 0));
        Assert.Equal(-1, _replica.Version);
        Assert.Null(Accept(0, 1));

        Assert.Equal(0, _replica.Version);
        Assert.Equal(Expected(0), Weights(_replica.Version).ToArray());
    }

    [Fact]
    public void The_next_version_leaves_the_current_one_whole()
    {
        Fill(0);
        var current = Weights(_replica.Version);
        Accept(1, 0);
        Accept(1, 1);

        Assert.Equal(Expected(0), current.ToArray());
        Accept(1, 2);
        Assert.Equal(Expected(0), current.ToArray());
        Assert.Equal(Expected(1), Weights(_replica.Version).ToArray());
    }

    [Fact]
    public void Old_double_and_misfitting_chunks_change_nothing_and_say_why()
    {
        Fill(0);
        Fill(1);

        Assert.Contains("already held", Accept(1, 0));
        Assert.Contains("already held", Accept(0, 0));
        Assert.Null(Accept(3, 0));
        Assert.Contains("twice", Accept(3, 0));
        Assert.Contains("older", Accept(2, 0));
        Assert.Contains("does not fit", _replica.Accept(new TensorChunk(new ChunkHeader(ChunkKind.Weights, 3, 2, 0, 0, 4), new float[4])));
        Assert.Contains("does not fit", _replica.Accept(new TensorChunk(new ChunkHeader(ChunkKind.Weights, 3, 9, 0, 0, 4), new float[4])));
        Assert.Equal(1, _replica.Version);
    }

    [Fact]
    public void A_host_reads_wanted_chunks_straight_into_place_and_others_into_scratch()
    {
        Fill(0);
        var header = Header(1, 1);

        var chunk = _replica.Rent(header);
        Assert.Equal(0, _scratch.Rented);
        Values(1, 1).CopyTo(chunk.Data);
        Assert.Null(_replica.Accept(chunk));
        Accept(1, 0);
        Accept(1, 2);
        Assert.Equal(Expected(1), Weights(_replica.Version).ToArray());

        foreach (var unwanted in new[] { Header(1, 1), Header(0, 0), header with { Step = 2, Elements = 3 }, header with { Step = 2, Index = -1 } })
            _replica.Rent(unwanted);
        Assert.Equal(4, _scratch.Rented);
        Assert.Equal(Expected(1), Weights(_replica.Version).ToArray());
    }

    /// <summary>The connection breaks while a chunk is read, and all of the version comes again over another: what was good stays good.</summary>
    [Fact]
    public void A_place_is_given_out_once_so_that_a_damaged_copy_spoils_nothing()
    {
        Fill(0);
        var whole = _replica.Rent(Header(1, 0));
        Values(1, 0).CopyTo(whole.Data);
        Assert.Null(_replica.Accept(whole));
        _replica.Rent(Header(1, 1)).Data.Span.Fill(float.NaN); // and then the connection is lost

        _replica.Rent(Header(1, 0)).Data.Span.Fill(float.NaN); // a second copy, damaged
        Assert.Equal(1, _scratch.Rented);
        var again = _replica.Rent(Header(1, 1));
        Values(1, 1).CopyTo(again.Data);
        Assert.Null(_replica.Accept(again));
        Accept(1, 2);
        Assert.Equal(Expected(1), Weights(1).ToArray());
    }

    /// <summary>A step may have to be computed again when the next version is whole already, until the one after it begins to arrive.</summary>
    [Fact]
    public void The_version_before_is_held_until_the_one_after_begins()
    {
        Fill(0);
        Assert.False(_replica.Holds(-1));
        Fill(1);
        Assert.True(_replica.Holds(0) && _replica.Holds(1) && !_replica.Holds(2));
        Assert.Equal(Expected(0), Weights(0).ToArray());
        Accept(2, 0);
        Assert.True(!_replica.Holds(0) && _replica.Holds(1));
        Assert.False(_replica.TryWeights(0, out _));
        Accept(4, 0); // one that was left behind is sent the current version: 3, and with it what 1 lay in, is skipped
        Assert.True(_replica.Holds(1));
        Accept(5, 0);
        Assert.False(_replica.Holds(1));
    }

    [Fact]
    public void Every_chunk_is_released_used_or_not()
    {
        var lease = new CountingLease();
        foreach (var header in new[] { Header(0, 0), Header(0, 0), Header(0, 1) with { Elements = 1 } })
            _replica.Accept(new TensorChunk(header, new float[header.Elements], lease));

        Assert.Equal(3, lease.Released);
    }

    /// <summary>Nothing is copied, and the vector is not used again for another version while it may be read.</summary>
    [Fact]
    public void Slices_of_one_vector_are_read_where_they_lie_until_the_version_after_next_begins()
    {
        var vectors = Enumerable.Range(0, 3).Select(version => new SharedVector(Expected(version))).ToArray();
        for (var i = 0; i < 3; i++) Assert.Null(_replica.Accept(vectors[0].Chunk(0, i)));
        Assert.True(Weights(0).Span.Overlaps(vectors[0].Vector.Span));
        for (var i = 0; i < 3; i++) Assert.Null(_replica.Accept(vectors[1].Chunk(1, i)));
        Assert.Equal(0, vectors[0].Released);
        Assert.Equal(Expected(0), Weights(0).ToArray());

        Assert.Null(_replica.Accept(vectors[2].Chunk(2, 1)));
        Assert.Equal(3, vectors[0].Released);
        Assert.Equal(0, vectors[1].Released);
        Assert.Equal(Expected(1), Weights(1).ToArray());

        _replica.Release();
        Assert.Equal((3, 3, 1), (vectors[0].Released, vectors[1].Released, vectors[2].Released));
    }

    [Fact]
    public void A_version_whose_slices_lie_in_several_places_is_copied()
    {
        var (one, other) = (new SharedVector(Expected(0)), new SharedVector(Expected(0)));
        Assert.Null(_replica.Accept(one.Chunk(0, 0)));
        Assert.Contains("twice", _replica.Accept(one.Chunk(0, 0)));
        Assert.Null(_replica.Accept(other.Chunk(0, 2)));
        Assert.Null(Accept(0, 1));
        Assert.Equal((2, 1), (one.Released, other.Released));
        Assert.Equal(Expected(0), Weights(0).ToArray());
        Assert.False(Weights(0).Span.Overlaps(one.Vector.Span) || Weights(0).Span.Overlaps(other.Vector.Span));
    }

    private ReadOnlyMemory<float> Weights(long version)
    {
        Assert.True(_replica.TryWeights(version, out var weights));
        return weights;
    }

    private static ChunkHeader Header(long version, int index) =>
        new(ChunkKind.Weights, version, index, 0, 0, Math.Min(ChunkElements, Elements - index * ChunkElements));

    private static float[] Values(long version, int index) => Expected(version)[(index * ChunkElements)..Math.Min(Elements, (index + 1) * ChunkElements)];

    private static float[] Expected(long version) => [.. Enumerable.Range(0, Elements).Select(i => 100f * version + i)];

    private string? Accept(long version, int index) => _replica.Accept(new TensorChunk(Header(version, index), Values(version, index)));

    private void Fill(long version)
    {
        for (var i = 0; i < 3; i++) Accept(version, i);
    }

    private sealed class Scratch : IChunkDestination
    {
        public int Rented { get; private set; }

        public TensorChunk Rent(in ChunkHeader header)
        {
            Rented++;
            return new TensorChunk(header, new float[header.Elements]);
        }
    }

    private sealed class SharedVector(float[] vector) : ISharedVector
    {
        public int Released { get; private set; }

        public ReadOnlyMemory<float> Vector => vector;

        public void Release() => Released++;

        public TensorChunk Chunk(long version, int index)
        {
            var header = Header(version, index);
            return new TensorChunk(header, vector.AsMemory(index * ChunkElements, header.Elements), this);
        }
    }

    private sealed class CountingLease : IChunkLease
    {
        public int Released { get; private set; }

        public void Release() => Released++;
    }
}
