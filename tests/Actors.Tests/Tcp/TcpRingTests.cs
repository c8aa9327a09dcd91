using System.Collections.Concurrent;
using Distributed.Actors.Sharing;
using Distributed.Protocol;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>Frames that go through memory between two nodes of one machine, and peers that lie about it.</summary>
public sealed class TcpRingTests
{
    private const int Elements = 5000;

    [Fact]
    public async Task Between_processes_of_one_machine_nothing_goes_over_the_socket_any_more()
    {
        if (!Bell.IsPossible) return;
        await using var pair = await SharingPair.CreateAsync();
        var (passed, sent, received) = (pair.Proxy.Passed, pair.Near.BytesSent, pair.Near.BytesReceived);
        var vector = pair.Near.Memory.Allocate(Elements);
        for (var i = 0; i < 100; i++)
        {
            pair.Send(TcpNodes.Chunk(i, i % 2 == 0 ? vector : new float[FrameLimits.MaxChunkElements])); // more than a ring holds
            pair.Answer();
        }

        Assert.Equal(Enumerable.Range(0, 100), (await pair.Received(100)).Select(chunk => chunk.Header.Index));
        await Wait.Until(() => pair.Answers == 100, "all is answered");
        Assert.Equal(passed, pair.Proxy.Passed);
        Assert.True(pair.Near.BytesSent > sent + (50L * sizeof(float) * FrameLimits.MaxChunkElements), $"{pair.Near.BytesSent} bytes are counted");
        Assert.True(pair.Near.BytesReceived > received);
    }

    /// <summary>On the thread that reads all rings run the turns of those only who say that theirs are short.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_actor_whose_turn_takes_long_holds_up_nobody_who_reads(bool saysShort)
    {
        if (!Bell.IsPossible) return;
        await using var pair = await SharingPair.CreateAsync();
        using var mayGo = new ManualResetEventSlim(initialState: true);
        var handled = new ConcurrentQueue<string?>();
        var busy = pair.Far.Spawn("busy", () => new Turning(saysShort, () =>
        {
            mayGo.Wait();
            handled.Enqueue(Thread.CurrentThread.IsThreadPoolThread ? "pool" : Thread.CurrentThread.Name);
        }));
        busy.Tell("from here");
        await Wait.Until(() => handled.Count == 1, "it is made");
        if (!saysShort) mayGo.Reset();
        var seen = Recorder.Spawn(pair.Near, "other");
        var remote = pair.Near.Remote(pair.Proxy.EndPoint, "busy");
        for (var i = 1; i <= 20; i++)
        {
            seen.Do(context => context.Tell(remote, new Evaluate()));
            if (saysShort) await Wait.Until(() => handled.Count == i + 1, "it is handled");
            pair.Answer();
            await Wait.Until(() => pair.Answers == i, "others are answered");
        }

        mayGo.Set();
        await Wait.Until(() => handled.Count == 21, "all is handled");
        Assert.Equal(saysShort, handled.Contains("bell"));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Where_one_side_shares_no_memory_there_are_no_rings(bool near, bool far)
    {
        await using var pair = await SharingPair.CreateAsync(near, far);
        pair.Answer();
        await Wait.Until(() => pair.Answers == 1, "it is answered");
        Assert.All(pair.Near.OpenConnections.Concat(pair.Far.OpenConnections), one => Assert.False(one.SendsInRing || one.ReadsFromRing));
    }

    [Fact]
    public async Task A_heartbeat_that_does_not_come_through_the_ring_is_missed()
    {
        if (!Bell.IsPossible) return;
        var (time, logs) = (new ManualTime(), new CapturingLogs());
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Time = time, Logs = logs });
        using var peer = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await peer.SayHelloAsync();
        var raw = new RawRing(new byte[16]);
        await peer.SendAsync(raw.Offer);
        await peer.ReadAsync<MemorySeen>();
        await peer.SendAsync(new MemorySeen());
        await peer.SendAsync(new SharedRing { File = raw.File });
        await peer.ReadAsync<SharedRing>();
        Assert.Single(far.Connections);
        await TcpNodes.AdvanceUntil(time, () => far.Connections.Count == 0, "it is silent for too long");
        Assert.Contains(logs.At(LogLevel.Information), line => line.Contains("Nothing was heard", StringComparison.Ordinal));
    }

    public static TheoryData<string, string> RingLies => new()
    {
        { "a ring before the memory was seen", "where no memory was seen" },
        { "a ring of a peer without a bell", "where no memory was seen" },
        { "a ring twice", "came twice" },
        { "a ring that is no memory file", "cannot be opened" },
        { "a ring that is too short", "cannot be opened" },
        { "bytes behind a ring", "behind SharedRing" },
        { "a frame behind a ring, on the socket", "behind SharedRing" },
        { "more in the ring than it holds", "are said to be in a ring" },
        { "less in the ring than was read", "are said to be in a ring" },
        { "no frame in the ring", "does not allow" },
    };

    [Theory]
    [MemberData(nameof(RingLies))]
    public async Task A_lie_about_a_ring_costs_only_its_own_connection(string lie, string words)
    {
        if (!Bell.IsPossible) return;
        var logs = new CapturingLogs();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Logs = logs });
        using var peer = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await peer.SayHelloAsync();
        var raw = new RawRing(new byte[16]);
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        using var small = MemoryFile.Create("short", 4096);
        if (!lie.EndsWith("seen", StringComparison.Ordinal))
        {
            var offer = raw.Offer;
            if (lie.EndsWith("bell", StringComparison.Ordinal)) offer.Bell = 0;
            await peer.SendAsync(offer);
            await peer.ReadAsync<MemorySeen>();
        }

        await peer.SendAsync(new SharedRing
        {
            File = lie.EndsWith("no memory file", StringComparison.Ordinal) ? (uint)pipe.SafePipeHandle.DangerousGetHandle()
                : lie.EndsWith("short", StringComparison.Ordinal) ? (uint)small.DangerousGetHandle() : raw.File,
        });
        switch (lie)
        {
            case "a ring twice": raw.WriteFrame(new SharedRing { File = raw.File }); break;
            case "bytes behind a ring": await peer.SendAsync(new byte[] { 0 }); break;
            case "a frame behind a ring, on the socket": await peer.SendAsync(new Heartbeat()); break;
            case "more in the ring than it holds": raw.Say(RingEnd.Capacity + 1); break;
            case "less in the ring than was read": raw.Say(-1); break;
            case "no frame in the ring": raw.Write([255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]); break;
        }

        await TcpNodes.OnlyThisIsDropped(far, peer, logs, words);
    }

    /// <summary>A ring and a bell in the test's hands.</summary>
    private sealed class RawRing(byte[] node)
    {
        private readonly Bell _bell = new(node);
        private readonly Token _token = new(ByteString.CopyFrom(node));
        private readonly MappedVector _memory = MappedVector.Create(RingEnd.Elements, "ring");
        private long _written;

        public uint File => _memory.File;

        public SharedMemory Offer
        {
            get
            {
                var offer = _token.Offer;
                offer.Bell = _bell.File;
                return offer;
            }
        }

        public void WriteFrame(object body)
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            FrameEncoder.Write(output, "", "", body);
            Write(output.WrittenSpan);
        }

        /// <summary>Nobody is rung for it: the other side finds it when it looks by itself.</summary>
        public void Write(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(Bytes[(RingEnd.HeadBytes + (int)_written)..]);
            Say(_written += bytes.Length);
        }

        public void Say(long written) => BitConverter.TryWriteBytes(Bytes, written);

        private Span<byte> Bytes => System.Runtime.InteropServices.MemoryMarshal.AsBytes(_memory.GetSpan());
    }

    private sealed class Turning(bool hasShortTurns, Action handle) : Actor
    {
        public override bool HasShortTurns => hasShortTurns;

        public override void Receive(object message) => handle();
    }
}
