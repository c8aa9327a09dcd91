using Distributed.Engine.Kernels;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Google.Protobuf;
using Range = Distributed.Protocol.Range;

namespace Distributed.Worker;

/// <summary>Computes one partial sum and posts its chunks as backward finishes them, the last of the vector first.</summary>
/// <remarks>Backward writes the gradient from its end to its beginning, so chunk i may go as soon as all elements from its first on
/// are final. The lease counts the chunks and one more for the computation itself. For an audit no chunk goes out, only
/// their hash.
/// <para>A chunk is looked at just before it goes out, while it is in the cache. Where a number in it or in the loss is not finite, and that
/// is to end the run, the shards are computed once more to find where it begins: a NotFinite goes before the PartialDone.</para></remarks>
internal sealed class PartialSender(TrainingSetup setup, Replica replica, Assign assign, ShardRange range, GradientPool.Lease lease,
    Action<object> post)
{
    private readonly PartialHash? _hash = assign.Audit ? new PartialHash() : null;
    private int _next = replica.Chunks - 1;
    private bool _finite = true;

    public static Range ToWire(ShardRange range) => new() { First = (uint)range.First, Count = (uint)range.Count };

    public void Run(ShardComputer computer, ReadOnlyMemory<float> weights, Func<TimeSpan> now)
    {
        var begin = now();
        var sum = computer.Compute((int)assign.Epoch, (int)assign.Batch, range, weights, lease.Vector, OnReady);
        if (_next >= 0) throw new InvalidOperationException($"backward ended with {_next + 1} chunks of the gradient not final");
        if (!(_finite && double.IsFinite(sum.Loss))) Explain(weights);
        post(new PartialDone
        {
            Step = assign.Step,
            Range = ToWire(range),
            Loss = sum.Loss,
            Correct = (ulong)sum.Correct,
            Samples = (uint)sum.Samples,
            Session = assign.Session,
            ComputeNs = (ulong)Math.Max(0, (now() - begin).Ticks * TimeSpan.NanosecondsPerTick),
            Hash = _hash is null ? ByteString.Empty : ByteString.CopyFrom(_hash.End(sum.Loss, sum.Correct, sum.Samples)),
        });
        _hash?.Dispose();
        lease.Release();
    }

    private void OnReady(int lowWater)
    {
        for (; _next >= 0 && replica.Slice(_next).Offset >= lowWater; _next--)
        {
            var (offset, count) = replica.Slice(_next);
            var chunk = lease.Vector.Slice(offset, count);
            _finite &= Finite.All(chunk.Span);
            if (_hash is not null)
            {
                _hash.Add(chunk.Span);
                lease.Release();
                continue;
            }
            var header = new ChunkHeader(ChunkKind.Partial, (long)assign.Step, _next, range.First, range.Count, count) { Session = assign.Session };
            post(new TensorChunk(header, chunk, lease));
        }
    }

    /// <summary>Nothing is sent where each shard is finite by itself: only their sum has overflowed, which the coordinator sees.</summary>
    private void Explain(ReadOnlyMemory<float> weights)
    {
        if (setup.OnNonFinite != NonFinitePolicy.Stop) return;
        if (NonFiniteSearch.Find(setup, (int)assign.Epoch, (int)assign.Batch, range, weights) is not { } finding) return;
        var message = new NotFinite
        {
            Step = assign.Step,
            Range = ToWire(range),
            Shard = (uint)finding.Shard,
            Sentence = finding.Sentence,
            Session = assign.Session,
        };
        message.Samples.AddRange(finding.Samples.Select(sample => (uint)sample));
        post(message);
    }
}
