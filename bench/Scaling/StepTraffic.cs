using System.Numerics;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Scaling;

/// <summary>Frames of one kind, and their bytes on the wire.</summary>
internal readonly record struct Flow(long Frames, long Bytes)
{
    public static Flow operator +(Flow a, Flow b) => new(a.Frames + b.Frames, a.Bytes + b.Bytes);

    public static Flow Of(long bytes) => new(1, bytes);
}

/// <summary>What goes into and out of the coordinator for one step where no worker is lost or late: counted in the simulator, or by formula.</summary>
/// <remarks><code>
/// in    Partials      R·C frames   4·P·R bytes of elements, and a head for each
///       PartialDones  R
///       Held          N            WeightsHeld
/// out   Weights       N·C          4·P·N bytes of elements, and a head for each
///       Assigns       min(N, V)
/// </code>
/// A head is some 60 bytes, and so is a PartialDone; a WeightsHeld some 44, an Assign some 50 with one run of shards and 2 to 4 more for each further
/// one: numbers on the wire take 1 byte for each 7 bits. Heartbeats (one a second and connection) are not in it.</remarks>
internal readonly record struct StepTraffic(Flow Partials, Flow PartialDones, Flow Held, Flow Weights, Flow Assigns)
{
    private const int PartialDoneField = Frame.PartialDoneFieldNumber, HeldField = Frame.WeightsHeldFieldNumber, AssignField = Frame.AssignFieldNumber;

    /// <summary>Length and checksum: a tag and four bytes each.</summary>
    private const int CheckBytes = 10;

    /// <summary>Of the actors "coordinator" and "worker", with tag and length.</summary>
    private const int NameBytes = 2 + 11 + 2 + 6;

    public Flow In => Partials + PartialDones + Held;

    public Flow Out => Weights + Assigns;

    /// <summary>By formula, for workers that answer with zeros: one sample and <paramref name="shardNs"/> of time a shard, in term 1.</summary>
    /// <param name="step">From 0.</param>
    public static StepTraffic Of(RunShape shape, long step, int batchesPerEpoch, ulong shardNs)
    {
        var traffic = default(StepTraffic);
        var session = 1ul << 32 | 1; // a worker's number has no influence on its size below 2^35
        foreach (var ranges in shape.Shares())
        {
            var assigned = Number((ulong)step) + Number((ulong)(step / batchesPerEpoch)) + Number((ulong)(step % batchesPerEpoch)) + Number(session);
            var runs = 0;
            foreach (var range in ranges)
            {
                runs += VarintBytes((ulong)range.First) + VarintBytes((ulong)range.Count);
                var done = Number((ulong)step) + Message(RangeBytes(range)) + Number((ulong)range.Count)
                    + Number(shardNs * (ulong)range.Count) + Number(session);
                traffic = traffic with
                {
                    Partials = traffic.Partials + Chunks(shape, ChunkKind.Partial, step, range, session),
                    PartialDones = traffic.PartialDones + Flow.Of(FrameBytes(PartialDoneField, done)),
                };
            }
            traffic = traffic with { Assigns = traffic.Assigns + Flow.Of(FrameBytes(AssignField, assigned + Message(runs))) };
        }
        var weights = Chunks(shape, ChunkKind.Weights, step + 1, default, session);
        var held = FrameBytes(HeldField, Number((ulong)step + 1) + Number(session));
        return traffic with
        {
            Weights = new Flow(shape.Workers * weights.Frames, shape.Workers * weights.Bytes),
            Held = new Flow(shape.Workers, (long)shape.Workers * held),
        };
    }

    private static Flow Chunks(RunShape shape, ChunkKind kind, long step, ShardRange range, ulong session)
    {
        var flow = default(Flow);
        for (var index = 0; index < shape.Chunks; index++)
        {
            var elements = Math.Min(shape.ChunkElements, shape.Parameters - index * shape.ChunkElements);
            const int front = 1 + sizeof(uint);
            var body = Number((ulong)kind) + Number((ulong)step) + Number((ulong)index) + Number((ulong)range.First) + Number((ulong)range.Count)
                + Number((ulong)elements) + Number(session) + front + Message(sizeof(float) * elements);
            flow += Flow.Of(FrameBytes(MessageTable.ChunkNumber, body));
        }
        return flow;
    }

    private static int RangeBytes(ShardRange range) => Number((ulong)range.First) + Number((ulong)range.Count);

    /// <summary>With its length in front.</summary>
    private static long FrameBytes(int field, int body)
    {
        var frame = CheckBytes + NameBytes + VarintBytes((ulong)field << 3) + VarintBytes((ulong)body) + body;
        return VarintBytes((ulong)frame) + frame;
    }

    /// <summary>Of a numbered field below 16; one that is 0 is left out.</summary>
    private static int Number(ulong value) => value == 0 ? 0 : 1 + VarintBytes(value);

    /// <summary>Of a field below 16 with its length.</summary>
    private static int Message(int bytes) => 1 + VarintBytes((ulong)bytes) + bytes;

    private static int VarintBytes(ulong value) => BitOperations.Log2(value | 1) / 7 + 1;
}
