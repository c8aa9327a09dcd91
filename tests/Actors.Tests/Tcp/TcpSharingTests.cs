using Distributed.Actors.Remoting;
using Distributed.Actors.Sharing;
using Distributed.Actors.Tests.Conformance;
using Distributed.Protocol;
using Google.Protobuf;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>Memory that the nodes of one machine share, and peers that lie about it.</summary>
public sealed class TcpSharingTests
{
    private const int Elements = 5000;

    public static bool IsPossible => MemoryFile.IsPossible;

    [Fact]
    public async Task A_lent_chunk_is_read_and_written_where_it_lies_and_comes_back()
    {
        if (!IsPossible) return;
        await using var pair = await SharingPair.CreateAsync();
        var vector = pair.Near.Memory.Allocate(3 * Elements);
        vector.Span.Fill(2f);
        var lease = new HostConformance.CountingLease();
        for (var i = 0; i < 3; i++)
        {
            pair.Send(TcpNodes.Chunk(i, vector.Slice(i * Elements, Elements), lease));
        }

        var chunks = await pair.Received(3);
        Assert.Equal([0, 1, 2], chunks.Select(chunk => chunk.Header.Index));
        Assert.Equal(3, pair.Near.Connections.Single().ChunksLent);
        Assert.True(pair.Near.BytesSent < Elements, $"{pair.Near.BytesSent} bytes are on the wire");
        Assert.All(chunks, chunk => Assert.Equal(-1, chunk.Data.Span.IndexOfAnyExcept(2f)));
        Assert.Equal(3 * Elements, Assert.Single(chunks.Select(chunk => chunk.Shared).Distinct())!.Vector.Length);
        chunks[1].Data.Span.Fill(5f);
        Assert.Equal([2f, 5f, 5f, 2f], [vector.Span[Elements - 1], vector.Span[Elements], vector.Span[(2 * Elements) - 1], vector.Span[2 * Elements]]);

        Assert.Equal(0, lease.Releases);
        chunks[2].Release();
        chunks[0].Release();
        pair.Answer();
        await Wait.Until(() => lease.Releases == 2, "two came back with an answer");
        chunks[1].Release();
        await TcpNodes.AdvanceUntil(pair.Time, () => lease.Releases == 3, "the third comes back with a heartbeat");
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Where_one_side_shares_no_memory_chunks_are_sent(bool near, bool far)
    {
        await using var pair = await SharingPair.CreateAsync(near, far);
        var lease = new HostConformance.CountingLease();
        var vector = pair.Near.Memory.Allocate(Elements);
        vector.Span.Fill(3f);
        pair.Send(TcpNodes.Chunk(0, vector, lease));
        var chunk = (await pair.Received(1))[0];
        Assert.Equal(-1, chunk.Data.Span.IndexOfAnyExcept(3f));
        Assert.Equal(0, pair.Near.Connections.Single().ChunksLent);
        Assert.True(pair.Near.BytesSent > sizeof(float) * Elements);
        await Wait.Until(() => lease.Releases == 1, "it is released when it is sent");
    }

    [Fact]
    public async Task What_does_not_lie_in_shared_memory_is_sent_and_stays_in_order()
    {
        await using var pair = await SharingPair.CreateAsync();
        var vector = pair.Near.Memory.Allocate(Elements);
        for (var i = 0; i < 40; i++)
        {
            var data = i % 3 == 0 ? new float[Elements] : vector;
            data.Span[i] = i;
            pair.Send(TcpNodes.Chunk(i, data));
        }

        var chunks = await pair.Received(40);
        Assert.Equal(Enumerable.Range(0, 40), chunks.Select(chunk => chunk.Header.Index));
        Assert.All(chunks, chunk => Assert.Equal(chunk.Header.Index, chunk.Data.Span[chunk.Header.Index]));
        Assert.Equal(IsPossible ? 26 : 0, pair.Near.Connections.Single().ChunksLent);
    }

    /// <summary>Time stands still, so no heartbeat takes them along.</summary>
    [Fact]
    public async Task Chunks_that_are_told_ahead_wait_for_the_next_message_or_for_enough_of_them()
    {
        if (!IsPossible) return;
        await using var pair = await SharingPair.CreateAsync();
        var vector = pair.Near.Memory.Allocate(Elements);

        for (var i = 0; i < 3; i++) await pair.SendAheadAsync(TcpNodes.Chunk(i, vector));
        Assert.Equal(0, pair.Near.Connections.Single().ChunksLent);
        pair.Answer();
        Assert.Equal([0, 1, 2], (await pair.Received(3)).Select(chunk => chunk.Header.Index));

        for (var i = 3; i < 3 + HostLimits.LentAhead; i++) await pair.SendAheadAsync(TcpNodes.Chunk(i, vector));
        await pair.Received(3 + HostLimits.LentAhead);

        await pair.SendAheadAsync(TcpNodes.Chunk(99, vector));
        await TcpNodes.AdvanceUntil(pair.Time, () => pair.Count == 4 + HostLimits.LentAhead, "the last goes with a heartbeat");
    }

    /// <summary>A node with several peers, at least one a processor, is not woken for each chunk of a small partial sum: what it does with them needs those
    /// of the others. Large vectors are worth it, and behind weights there may be no message.</summary>
    [Fact]
    public async Task Small_partial_sums_wait_for_the_next_message_where_each_processor_has_a_peer()
    {
        if (!Bell.IsPossible) return;
        await using var pair = await SharingPair.CreateAsync();
        var (small, large) = (pair.Near.Memory.Allocate(HostLimits.PatientElements), pair.Near.Memory.Allocate(HostLimits.PatientElements + 1));
        pair.Send(TcpNodes.Partial(0, small[..Elements]));
        await pair.Received(1);

        await using (await pair.JoinAsync(Math.Max(2, Environment.ProcessorCount) - 1))
        {
            await pair.SendAsync(TcpNodes.Partial(1, small[..Elements]));
            Assert.Equal(1, pair.Near.Connections.Single().ChunksLent);
            pair.Answer();
            await pair.Received(2);

            await pair.SendAsync(TcpNodes.Partial(2, large[..Elements]));
            await pair.Received(3);
            await pair.SendAsync(TcpNodes.Chunk(3, small[..Elements]));
            await pair.Received(4);
        }

        await Wait.Until(() => pair.Far.OpenConnections.Count() == 1, "the others are gone");
        pair.Send(TcpNodes.Partial(4, small[..Elements]));
        await pair.Received(5);
    }

    /// <summary>As the data plane beside a cluster's messages: nothing comes behind its chunks that would take them along.</summary>
    [Fact]
    public async Task Where_chunks_come_alone_nobody_waits_for_a_message()
    {
        if (!Bell.IsPossible) return;
        var taken = 0;
        var time = new ManualTime();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions
        {
            Name = "far/1",
            Time = time,
            Intake = new Intake("chunks", () => body =>
            {
                (body as IReleasable)?.Release();
                if (body is TensorChunk) Interlocked.Increment(ref taken);
                return null;
            }),
        });
        var others = Enumerable.Range(0, Math.Max(2, Environment.ProcessorCount)).Select(i => new TcpHost(new TcpHostOptions { Name = $"near/{i}", Time = time })).ToArray();
        foreach (var other in others) await other.Connect(far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        await Wait.Until(() => far.OpenConnections.Count(one => one is { SendsInRing: true, ReadsFromRing: true }) == others.Length
            && others.All(one => one.OpenConnections.Single().SendsInRing), "all are in rings");
        var vector = others[0].Memory.Allocate(Elements);
        Recorder.Spawn(others[0]).Do(context => context.Tell(others[0].Remote(far.BoundEndPoint!, "chunks"), TcpNodes.Partial(0, vector)));
        await Wait.Until(() => Volatile.Read(ref taken) == 1, "it is there, though time stands still");
        foreach (var other in others) await other.DisposeAsync();
    }

    [Fact]
    public async Task A_loan_of_a_peer_that_lives_on_is_not_released_with_its_connection()
    {
        if (!IsPossible) return;
        await using var pair = await SharingPair.CreateAsync();
        var lease = new HostConformance.CountingLease();
        var vector = pair.Near.Memory.Allocate(Elements);
        pair.Send(TcpNodes.Chunk(0, vector, lease));
        var chunk = (await pair.Received(1))[0];
        pair.Proxy.Cut();
        await TcpNodes.AdvanceUntil(
            pair.Time, () => pair.Proxy.Accepted > 1 && pair.Near.Connect(pair.Proxy.EndPoint).IsConnected, "they are connected anew");
        chunk.Data.Span.Fill(1f);
        Assert.Equal(1f, vector.Span[0]);
        chunk.Release();
        await pair.WhenLending();
        pair.Send(TcpNodes.Chunk(1, vector));
        await pair.Received(2);
        Assert.Equal(0, lease.Releases);
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "a chunk before the memory was seen", "no memory was seen" },
        { "a chunk of a vector that was not announced", "is not there" },
        { "a chunk beyond its vector", "is not there" },
        { "a chunk whose end is beyond all numbers", "is not there" },
        { "a chunk of no elements", "1 to" },
        { "a vector out of order", "the next is 0" },
        { "a vector that is no memory file", "cannot be opened" },
        { "a vector that is longer than its file", "cannot be opened" },
        { "a vector of too many elements", "the next is 0" },
        { "a return of what was not lent", "was not lent" },
        { "memory offered twice", "twice" },
        { "memory seen that was not offered", "nothing was offered" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_lie_costs_only_its_own_connection(string lie, string words)
    {
        if (!IsPossible) return;
        var logs = new CapturingLogs();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Logs = logs });
        far.Spawn("echo", TcpNodes.Echo());
        using var peer = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await peer.SayHelloAsync();
        using var token = new Token(ByteString.CopyFrom(new byte[16]));
        using var file = MemoryFile.Create("short", sizeof(float) * Elements);
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        var number = (uint)file.DangerousGetHandle();
        if (!lie.StartsWith("a chunk before", StringComparison.Ordinal))
        {
            await peer.SendAsync(token.Offer);
            await peer.ReadAsync<MemorySeen>();
        }

        if (lie.StartsWith("a chunk", StringComparison.Ordinal) && !lie.EndsWith("seen", StringComparison.Ordinal))
        {
            await peer.SendAsync(new SharedVector { Number = 0, File = number, Elements = Elements });
        }

        var header = new ChunkHeader(ChunkKind.Weights, 1, 0, 0, 0, Elements);
        object body = lie switch
        {
            _ when lie.EndsWith("seen", StringComparison.Ordinal) => new LentChunk(header, 0, 0),
            _ when lie.EndsWith("not announced", StringComparison.Ordinal) => new LentChunk(header, 1, 0),
            _ when lie.EndsWith("beyond its vector", StringComparison.Ordinal) => new LentChunk(header, 0, 1),
            _ when lie.EndsWith("all numbers", StringComparison.Ordinal) => Changed(new LentChunk(header, 0, 0), chunk => chunk.Offset = ulong.MaxValue - 3),
            _ when lie.EndsWith("no elements", StringComparison.Ordinal) => Changed(new LentChunk(header, 0, 0), chunk => chunk.Elements = 0),
            _ when lie.EndsWith("out of order", StringComparison.Ordinal) => new SharedVector { Number = 1, File = number, Elements = Elements },
            _ when lie.EndsWith("no memory file", StringComparison.Ordinal) =>
                new SharedVector { File = (uint)pipe.SafePipeHandle.DangerousGetHandle(), Elements = Elements },
            _ when lie.EndsWith("than its file", StringComparison.Ordinal) => new SharedVector { File = number, Elements = Elements + 1 },
            _ when lie.EndsWith("too many elements", StringComparison.Ordinal) => new SharedVector { File = number, Elements = 1L << 31 },
            _ when lie.StartsWith("a return", StringComparison.Ordinal) => new Returned { Vectors = { 0 }, Chunks = { 1 } },
            _ when lie.EndsWith("twice", StringComparison.Ordinal) => token.Offer,
            _ => new MemorySeen(),
        };
        await peer.SendAsync(body, to: body is LentChunk ? "echo" : "");
        if (body is MemorySeen)
        {
            await peer.SendAsync(body); // the first may be right: this side was offered memory too
        }

        await TcpNodes.OnlyThisIsDropped(far, peer, logs, words);

        static LentChunk Changed(LentChunk chunk, Action<LentChunk> change)
        {
            change(chunk);
            return chunk;
        }
    }

    [Fact]
    public async Task Memory_of_another_node_or_process_is_not_taken_for_the_peers()
    {
        if (!IsPossible) return;
        await using var far = await TcpNodes.ListeningAsync();
        using var stranger = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await stranger.SayHelloAsync();
        var own = (SharedMemory)(await stranger.ReadAsync<SharedMemory>()).Body;
        using var file = MemoryFile.Create("other", 48);
        foreach (var offer in (SharedMemory[])[own, new() { ProcessId = own.ProcessId, File = (uint)file.DangerousGetHandle(), Token = own.Token }, new()])
        {
            await stranger.SendAsync(offer);
        }

        await stranger.SendAsync(new LentChunk(new ChunkHeader(ChunkKind.Weights, 1, 0, 0, 0, 1), 0, 0), to: "echo");
        while (await stranger.ReadAsync() is { } frame)
        {
            Assert.IsNotType<MemorySeen>(frame.Body);
        }
    }

    [Fact]
    public void A_memory_file_keeps_its_length_whoever_opens_it()
    {
        if (!IsPossible) return;
        using var file = MemoryFile.Create("kept", 100);
        using var opened = MemoryFile.Open((ulong)Environment.ProcessId, (uint)file.DangerousGetHandle(), 100);
        Assert.ThrowsAny<Exception>(() => RandomAccess.SetLength(opened, 0));
        Assert.Equal(100, RandomAccess.GetLength(file));
    }
}
