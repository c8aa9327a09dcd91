using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Worker.Telemetry;
using Google.Protobuf;
using Range = Distributed.Protocol.Range;

namespace Distributed.Worker;

/// <summary>Computes one partial sum and posts its chunks as backward finishes them, the last of the vector first.</summary>
/// <remarks>Backward writes the gradient from its end to its beginning, so chunk i may go as soon as all elements from its first on
/// are final. The lease counts the chunks and one more for the computation itself. For an audit no chunk goes out, only
/// their hash.
/// <para>A chunk is looked at just before it goes out, while it is in the cache; where it went past the caches, whoever stored it has looked. Where a number in it or in the loss is not finite, and that
/// is to end the run, the shards are computed once more to find where it begins: a NotFinite goes before the PartialDone.</para>
/// <para>One at a time; it is used again for the next.</para></remarks>
internal sealed class PartialSender
{
    private readonly TrainingSetup _setup;
    private readonly Replica _replica;
    private readonly ShardComputer _computer;
    private readonly GradientPool _gradients;
    private readonly Func<TimeSpan> _now;
    private readonly GradientReady _onReady;
    private readonly FreeList<PartialWork> _freeWork = new(int.MaxValue);

    // Of the partial sum that is computed or was computed last.
    private AssignedRun _assigned;
    private Action<object> _post = _ => { };
    private GradientPool.Lease? _lease;
    private PartialHash? _hash;
    private int _next;
    private bool _finite;
    private int _knownTo; // from what is final up to here all is known to be finite

    /// <param name="now">A clock that may be read here, beside the mailbox.</param>
    public PartialSender(TrainingSetup setup, Replica replica, ShardComputer computer, GradientPool gradients, Func<TimeSpan> now) =>
        (_setup, _replica, _computer, _gradients, _now, _onReady) = (setup, replica, computer, gradients, now, OnReady);

    /// <summary>The work that <see cref="Run"/>s this, to be begun once.</summary>
    public PartialWork WorkOn(in AssignedRun assigned)
    {
        if (!_freeWork.TryTake(out var work)) work = new PartialWork(this, _freeWork);
        work.Assigned = assigned;
        return work;
    }

    public void Run(in AssignedRun assigned, Action<object> post)
    {
        var done = PartialDone.Rent();
        (done.Step, done.Session) = ((ulong)assigned.Step, assigned.Session);
        done.SetRange(assigned.Range.First, assigned.Range.Count);
        if (!_replica.TryWeights(assigned.Step, out var weights)) // completed by others: its weights are gone
        {
            done.Dropped = true;
            post(done);
            return;
        }
        (_assigned, _post, _next, _finite) = (assigned, post, _replica.Chunks - 1, true);
        _knownTo = _replica.Elements;
        _hash = assigned.IsAudit ? new PartialHash() : null;
        var lease = _lease = _gradients.Rent(_replica.Chunks + 1);
        var begin = _now();
        var sum = _computer.Compute(assigned.Epoch, assigned.Batch, assigned.Range, weights, lease.Vector, _onReady);
        if (_next >= 0) throw new InvalidOperationException($"backward ended with {_next + 1} chunks of the gradient not final");
        if (!(_finite && double.IsFinite(sum.Loss))) Explain(weights);
        (done.Loss, done.Correct, done.Samples) = (sum.Loss, (ulong)sum.Correct, (uint)sum.Samples);
        done.ComputeNs = (ulong)Math.Max(0, (_now() - begin).Ticks * TimeSpan.NanosecondsPerTick);
        WorkerInstruments.Computed(assigned.Range.Count, sum.Samples, done.ComputeNs);
        if (_hash is not null) done.Hash = ByteString.CopyFrom(_hash.End(sum.Loss, sum.Correct, sum.Samples));
        post(done);
        _hash?.Dispose();
        lease.Release();
    }

    private void OnReady(int lowWater, bool isFinite)
    {
        if (!isFinite) _knownTo = lowWater;
        for (; _next >= 0 && _replica.Slice(_next).Offset >= lowWater; _next--)
        {
            var (offset, count) = _replica.Slice(_next);
            var chunk = _lease!.Vector.Slice(offset, count);
            _finite &= offset + count <= _knownTo || Finite.All(chunk.Span);
            if (_hash is not null)
            {
                _hash.Add(chunk.Span);
                _lease.Release();
                continue;
            }
            var (step, range) = (_assigned.Step, _assigned.Range);
            var header = new ChunkHeader(ChunkKind.Partial, step, _next, range.First, range.Count, count) { Session = _assigned.Session };
            _post(_lease.Chunk(header, chunk));
        }
    }

    /// <summary>Nothing is sent where each shard is finite by itself: only their sum has overflowed, which the coordinator sees.</summary>
    private void Explain(ReadOnlyMemory<float> weights)
    {
        if (_setup.OnNonFinite != NonFinitePolicy.Stop) return;
        if (NonFiniteSearch.Find(_setup, _assigned.Epoch, _assigned.Batch, _assigned.Range, weights) is not { } finding) return;
        var message = new NotFinite
        {
            Step = (ulong)_assigned.Step,
            Range = new Range { First = (uint)_assigned.Range.First, Count = (uint)_assigned.Range.Count },
            Shard = (uint)finding.Shard,
            Sentence = finding.Sentence,
            Session = _assigned.Session,
        };
        message.Samples.AddRange(finding.Samples.Select(sample => (uint)sample));
        _post(message);
    }
}
