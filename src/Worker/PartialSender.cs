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
/// is to end the run, the shards are computed once more to find where it begins: a NotFinite goes before the PartialDone.</para>
/// <para>One at a time; it is used again for the next.</para></remarks>
internal sealed class PartialSender
{
    private readonly TrainingSetup _setup;
    private readonly Replica _replica;
    private readonly ShardComputer _computer;
    private readonly GradientPool _gradients;
    private readonly Func<TimeSpan> _now;
    private readonly Action<int> _onReady;

    // Of the partial sum that is computed or was computed last.
    private Assign _assign = new();
    private ShardRange _range;
    private Action<object> _post = _ => { };
    private GradientPool.Lease? _lease;
    private PartialHash? _hash;
    private int _next;
    private bool _finite;

    /// <param name="now">A clock that may be read here, beside the mailbox.</param>
    public PartialSender(TrainingSetup setup, Replica replica, ShardComputer computer, GradientPool gradients, Func<TimeSpan> now) =>
        (_setup, _replica, _computer, _gradients, _now, _onReady) = (setup, replica, computer, gradients, now, OnReady);

    public static Range ToWire(ShardRange range) => new() { First = (uint)range.First, Count = (uint)range.Count };

    public void Run(Assign assign, ShardRange range, Action<object> post)
    {
        if (!_replica.TryWeights((long)assign.Step, out var weights)) // completed by others: its weights are gone
        {
            post(new PartialDone { Step = assign.Step, Range = ToWire(range), Session = assign.Session, Dropped = true });
            return;
        }
        (_assign, _range, _post, _next, _finite) = (assign, range, post, _replica.Chunks - 1, true);
        _hash = assign.Audit ? new PartialHash() : null;
        var lease = _lease = _gradients.Rent(_replica.Chunks + 1);
        var begin = _now();
        var sum = _computer.Compute((int)assign.Epoch, (int)assign.Batch, range, weights, lease.Vector, _onReady);
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
            ComputeNs = (ulong)Math.Max(0, (_now() - begin).Ticks * TimeSpan.NanosecondsPerTick),
            Hash = _hash is null ? ByteString.Empty : ByteString.CopyFrom(_hash.End(sum.Loss, sum.Correct, sum.Samples)),
        });
        _hash?.Dispose();
        lease.Release();
    }

    private void OnReady(int lowWater)
    {
        for (; _next >= 0 && _replica.Slice(_next).Offset >= lowWater; _next--)
        {
            var (offset, count) = _replica.Slice(_next);
            var chunk = _lease!.Vector.Slice(offset, count);
            _finite &= Finite.All(chunk.Span);
            if (_hash is not null)
            {
                _hash.Add(chunk.Span);
                _lease.Release();
                continue;
            }
            var header = new ChunkHeader(ChunkKind.Partial, (long)_assign.Step, _next, _range.First, _range.Count, count) { Session = _assign.Session };
            _post(_lease.Chunk(header, chunk));
        }
    }

    /// <summary>Nothing is sent where each shard is finite by itself: only their sum has overflowed, which the coordinator sees.</summary>
    private void Explain(ReadOnlyMemory<float> weights)
    {
        if (_setup.OnNonFinite != NonFinitePolicy.Stop) return;
        if (NonFiniteSearch.Find(_setup, (int)_assign.Epoch, (int)_assign.Batch, _range, weights) is not { } finding) return;
        var message = new NotFinite
        {
            Step = _assign.Step,
            Range = ToWire(_range),
            Shard = (uint)finding.Shard,
            Sentence = finding.Sentence,
            Session = _assign.Session,
        };
        message.Samples.AddRange(finding.Samples.Select(sample => (uint)sample));
        _post(message);
    }
}
