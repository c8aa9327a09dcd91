using System.Buffers.Binary;
using System.Numerics;
using Distributed.Actors;
using Distributed.Protocol;
using Distributed.Simulations.Checkers;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Tests.Checkers;

public sealed class NoActorFailsTests
{
    [Fact]
    public void A_coordinator_that_commits_with_a_chunk_missing_is_found()
    {
        var found = Planted.Find(new NoActorFails(), run => run.Simulation.Filter = frame =>
        {
            if (frame.Message is not TensorChunk { Header: { Kind: ChunkKind.Partial, Index: 0, Step: 3 } } chunk) return frame.Message;
            chunk.Release();
            return null;
        });
        Assert.Contains("chunks missing", found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_that_is_given_a_batch_that_is_not_there_fails_and_is_found()
    {
        var found = Planted.Find(new NoActorFails(), run => run.Simulation.Filter = frame =>
            frame.Message is Assign { Step: 3 } assign ? new Assign(assign) { Batch = 1000 } : frame.Message);
        Assert.Contains("worker-", found, StringComparison.Ordinal);
    }

    /// <summary>Bytes are changed on the way, and nobody looks at the checksum.</summary>
    [Fact]
    public void A_corrupted_frame_that_is_taken_for_a_good_one_is_found()
    {
        SimulatedRun? sound = null;
        var found = Planted.Find(new NoActorFails(), run => run.Simulation.Corrupted = PutRight, run => sound = run,
            Planted.Quiet with { Network = NetworkFaults.None with { Corrupt = 0.03 }, FaultTime = TimeSpan.FromMinutes(1) });
        Assert.True(sound!.Simulation.Counts.CorruptionsDetected > 0);
        Assert.Contains("corrupted frames were taken for good ones", found, StringComparison.Ordinal);
    }

    /// <summary>Makes a frame's checksum that of the bytes it has: length, tag and length again, tag and check, then what it is of.</summary>
    private static void PutRight(Memory<byte> frame)
    {
        const int checks = 2 * (1 + sizeof(uint));
        var bytes = frame.Span;
        var prefix = 1;
        while (bytes[prefix - 1] >= 0x80 && prefix < bytes.Length) prefix++;
        if (prefix + checks > bytes.Length) return; // its length was changed
        var state = uint.MaxValue;
        foreach (var one in bytes[(prefix + checks)..]) state = BitOperations.Crc32C(state, one);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[(prefix + checks - sizeof(uint))..], ~state);
    }
}
