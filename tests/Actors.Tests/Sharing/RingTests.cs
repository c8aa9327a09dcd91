using Distributed.Actors.Sharing;
using Distributed.Protocol;

namespace Distributed.Actors.Tests.Sharing;

/// <summary>Rings and the bells that are rung for them, both ends in this process.</summary>
public sealed class RingTests
{
    private static readonly byte[] HereId = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] ThereId = [.. Enumerable.Range(101, 16).Select(i => (byte)i)];

    // Nobody is woken by the time that passes: a ring that is lost is seen.
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);

    /// <summary>Pieces of all sizes, smaller and larger than the ring, with pauses on either side.</summary>
    [Theory]
    [InlineData(1, 1 << 22, 100)]
    [InlineData(2, 1 << 26, 3 * RingEnd.Capacity)]
    [InlineData(3, 1 << 26, RingEnd.Capacity / 3)]
    public async Task Bytes_come_out_as_they_went_in(int seed, int total, int largest)
    {
        if (!Bell.IsPossible) return;
        using var pair = new Pair();
        var writing = Task.Run(async () =>
        {
            var random = new Random(seed);
            var bytes = new byte[largest];
            for (var done = 0; done < total;)
            {
                var piece = bytes.AsMemory(0, Math.Min(total - done, random.Next(1, largest + 1)));
                Fill(piece.Span, done);
                await pair.Writer.WriteAsync(piece);
                done += piece.Length;
                if (random.Next(20) == 0) await Task.Yield();
            }

            pair.Reader.End();
        });
        var reading = Task.Run(async () =>
        {
            var random = new Random(seed + 1000);
            var (bytes, expected, done) = (new byte[largest], new byte[largest], 0);
            while (await pair.Reader.ReadAsync(bytes.AsMemory(0, random.Next(1, largest + 1))) is > 0 and var count)
            {
                Fill(expected.AsSpan(0, count), done);
                Assert.True(expected.AsSpan(0, count).SequenceEqual(bytes.AsSpan(0, count)), $"seed {seed}: other bytes within {count} from {done} on");
                done += count;
                if (random.Next(20) == 0) await Task.Yield();
            }

            return done;
        });
        await await Task.WhenAny(writing, reading).WaitAsync(Wait.Bound);
        await writing.WaitAsync(Wait.Bound);
        Assert.Equal(total, await reading.WaitAsync(Wait.Bound));

        static void Fill(Span<byte> bytes, int from)
        {
            for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)((from + i) * 31 >> 3);
        }
    }

    /// <summary>One byte there, one back: each waits for the other, and the bells sleep in between.</summary>
    [Fact]
    public async Task No_ring_is_lost()
    {
        if (!Bell.IsPossible) return;
        const int rounds = 50_000;
        using var there = new Pair();
        using var back = new Pair();
        var echo = Task.Run(async () =>
        {
            var one = new byte[1];
            for (var round = 0; round < rounds; round++)
            {
                Assert.Equal(1, await there.Reader.ReadAsync(one));
                await back.Writer.WriteAsync(one);
            }
        });
        var call = Task.Run(async () =>
        {
            var one = new byte[1];
            for (var round = 0; round < rounds; round++)
            {
                one[0] = (byte)round;
                await there.Writer.WriteAsync(one);
                Assert.Equal(1, await back.Reader.ReadAsync(one));
                Assert.Equal((byte)round, one[0]);
            }
        });
        await Task.WhenAll(echo, call).WaitAsync(Wait.Bound);
    }

    [Fact]
    public async Task What_was_written_before_the_end_is_read_and_then_nothing()
    {
        if (!Bell.IsPossible) return;
        using var pair = new Pair();
        await pair.Writer.WriteAsync(new byte[] { 1, 2, 3 });
        pair.Reader.End();
        var bytes = new byte[2];
        Assert.Equal(2, await pair.Reader.ReadAsync(bytes));
        Assert.Equal(1, await pair.Reader.ReadAsync(bytes));
        Assert.Equal(0, await pair.Reader.ReadAsync(bytes));
    }

    [Fact]
    public async Task Who_waits_is_let_go_at_the_end()
    {
        if (!Bell.IsPossible) return;
        using var pair = new Pair();
        var reading = pair.Reader.ReadAsync(new byte[1]).AsTask();
        pair.Reader.End();
        Assert.Equal(0, await reading.WaitAsync(Wait.Bound));

        var writing = pair.Writer.WriteAsync(new byte[RingEnd.Capacity + 1]).AsTask();
        Assert.False(writing.IsCompleted);
        pair.Writer.End();
        await Assert.ThrowsAsync<OperationCanceledException>(() => writing.WaitAsync(Wait.Bound));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(RingEnd.Capacity + 1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task A_count_that_cannot_be_ends_the_ring_and_nothing_else(long lie)
    {
        if (!Bell.IsPossible) return;
        using var pair = new Pair();
        pair.SayWritten(lie);
        await Assert.ThrowsAsync<ProtocolException>(() => pair.Reader.ReadAsync(new byte[8]).AsTask().WaitAsync(Wait.Bound));
        pair.SayRead(lie == -1 ? 1 : lie);
        await Assert.ThrowsAsync<IOException>(async () => await pair.Writer.WriteAsync(new byte[8]));
    }

    [Fact]
    public void A_bell_is_its_nodes_alone()
    {
        if (!Bell.IsPossible) return;
        var bell = new Bell(HereId);
        var process = (ulong)Environment.ProcessId;
        _ = new PeerBell(process, bell.File, HereId);
        Assert.Throws<IOException>(() => new PeerBell(process, bell.File, ThereId));
        using var token = new Token(Google.Protobuf.ByteString.CopyFrom(HereId));
        Assert.Throws<IOException>(() => new PeerBell(process, token.Offer.File, HereId));
        bell.Close();
    }

    [Fact]
    public void A_thread_that_moves_on_is_on_another_processor_and_bound_to_none()
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount < 2) return;
        string? before = null, after = null;
        var hasMoved = false;
        var thread = new Thread(() =>
        {
            before = Allowed();
            hasMoved = Processors.MoveOn();
            after = Allowed();
        });
        thread.Start();
        thread.Join();
        Assert.True(hasMoved);
        Assert.Equal(before, after);

        static string Allowed() => File.ReadLines("/proc/thread-self/status").Single(line => line.StartsWith("Cpus_allowed:", StringComparison.Ordinal));
    }

    /// <summary>A ring from here to there, each with a bell.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly Bell _here = new(HereId, Forever);
        private readonly Bell _there = new(ThereId, Forever);
        private readonly MappedVector _memory;

        public Pair()
        {
            var process = (ulong)Environment.ProcessId;
            Writer = new RingWriter(new PeerBell(process, _there.File, ThereId));
            _memory = MappedVector.Open(process, Writer.File, RingEnd.Elements);
            Reader = new RingReader(_memory, new PeerBell(process, _here.File, HereId));
            _here.Add(Writer);
            _there.Add(Reader);
        }

        public RingWriter Writer { get; }

        public RingReader Reader { get; }

        public void SayWritten(long count) => Say(0, count);

        public void SayRead(long count) => Say(RingEnd.ReadAt, count);

        public void Dispose()
        {
            _here.Close();
            _there.Close();
        }

        private void Say(int at, long count) =>
            BitConverter.TryWriteBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_memory.GetSpan())[at..], count);
    }
}
