using Distributed.Engine;
using Distributed.Engine.Kernels;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Coordinator.Aggregation;

/// <summary>Owns the weights: adds partial sums chunk by chunk, and steps a chunk of the weights when its sum is complete.</summary>
/// <remarks>
/// In step t the weights of version t stay whole (a worker that joins gets them, lost shards are computed again with them) while
/// version t + 1 is made chunk by chunk. The optimizer's state is stepped in place: between the first chunk and the commit of a
/// step it belongs to neither version, so snapshots are taken only right after a commit.
/// <para>A step whose loss or gradient is not finite is judged when all of it is in (<see cref="Verdict"/>): it is skipped, so that
/// version t + 1 has the weights of t, or no chunk is made from such a gradient and the step is never committed.</para>
/// <para>Invariant: a chunk of version t + 1 is made exactly once, from a tree that covers every shard once.</para>
/// </remarks>
public sealed class Aggregator
{
    private TrainingSetup _setup;
    private readonly WeightPool _pool;
    private readonly ReductionTree<TensorChunk>[] _trees;
    // The right half of a root whose last sum is still to be made: see Leave.
    private readonly TensorChunk?[] _rights;
    private readonly Memory<float> _block = AlignedMemory.Allocate(WeightUpdate.BlockElements);
    private readonly ReductionTree<LossSum> _loss;
    private readonly bool[] _made;
    private readonly List<int> _justMade = [];
    private readonly List<int> _due = [];
    private readonly NonFiniteElement?[] _dueWrong;
    private readonly Action<int> _stepDue;
    private readonly float[] _whole;
    private WeightVersion _current;
    private WeightVersion _next;
    private int _missing;
    private int _unsummed;
    private (int Chunk, NonFiniteElement Element)? _wrong;

    /// <param name="weights">Weights to begin with; copied.</param>
    /// <param name="state">The optimizer's state that belongs to them; used in place.</param>
    /// <param name="step">The step in progress, which is the version of <paramref name="weights"/>.</param>
    /// <param name="chunkElements">Elements of a chunk.</param>
    /// <param name="memory">Where the weights lie; null: in this process's own memory.</param>
    public Aggregator(TrainingSetup setup, ReadOnlySpan<float> weights, OptimizerState state, long step, int chunkElements,
        IVectorMemory? memory = null)
    {
        (_setup, State, Step, ChunkElements, Elements) = (setup, state, step, chunkElements, weights.Length);
        _pool = new WeightPool(Elements, memory ?? OwnMemory.Instance);
        (_current, _next) = (_pool.Rent(), _pool.Rent());
        weights.CopyTo(_current.Vector.Span);
        _trees = new ReductionTree<TensorChunk>[Chunks];
        for (var i = 0; i < Chunks; i++) _trees[i] = new ReductionTree<TensorChunk>(setup.Shards, AddChunks, chunk => chunk.Release(), Leave);
        _rights = new TensorChunk?[Chunks];
        _loss = new ReductionTree<LossSum>(setup.Shards, (left, right) => left + right, _ => { });
        _made = new bool[Chunks];
        (_dueWrong, _stepDue) = (new NonFiniteElement?[Chunks], StepDue);
        _missing = _unsummed = Chunks;
        _whole = setup.NeedsWholeStep ? new float[Elements] : [];
    }

    /// <summary>Told of what is counted; null: nobody.</summary>
    public IAggregationProbe? Probe { get; init; }

    public int Elements { get; }

    public int ChunkElements { get; }

    public int Chunks => (Elements + ChunkElements - 1) / ChunkElements;

    /// <summary>The step in progress; the version of <see cref="Current"/>.</summary>
    public long Step { get; private set; }

    public OptimizerState State { get; }

    /// <summary>From which steps on the learning rate is another one. Set at a step that is not begun: see <see cref="IsBetweenVersions"/>.</summary>
    public RateChanges RateChanges
    {
        get => _setup.RateChanges;
        set => _setup = _setup with { RateChanges = value };
    }

    /// <summary>The weights of version <see cref="Step"/>, whole.</summary>
    public ReadOnlyMemory<float> Current => _current.Vector;

    /// <summary>Whether all of the step's gradient and its loss are in.</summary>
    public bool IsComplete => _unsummed == 0 && _loss.IsComplete;

    /// <summary>What becomes of the step. Only when complete. Where it is to stop the run, it cannot be committed.</summary>
    public StepVerdict Verdict => WeightUpdate.Judge(_setup, Loss, _wrong is null, _current.Vector.Span, State);

    /// <summary>The first element of ∇L that is not finite, among the chunks that are summed; null: there is none.</summary>
    public NonFiniteElement? Wrong => _wrong?.Element;

    /// <summary>Whether some chunk of the step in progress has been stepped already, so that the state is between versions.</summary>
    public bool IsBetweenVersions => _missing < Chunks;

    /// <summary>The loss of the step in progress, summed over its samples. Only when complete.</summary>
    public LossSum Loss => _loss.Root;

    /// <summary>Adds a partial sum; takes over the chunk, whose memory it may write.</summary>
    /// <param name="stepsLater">Where that completes a sum, the chunk may wait for <see cref="StepDue(Action{int, Action{int}})"/>, which is to be called before
    /// anything else but this.</param>
    /// <returns>Null when it was used; else why it was dropped.</returns>
    public string? Add(TensorChunk chunk, bool stepsLater = false)
    {
        _justMade.Clear();
        var header = chunk.Header;
        var reason = Misfit(header);
        if (reason is null && _made[header.Index]) reason = "that chunk of the step is made";
        if (reason is not null)
        {
            chunk.Release();
            return reason;
        }
        var tree = _trees[header.Index];
        var result = tree.Add(new ShardRange(header.FirstShard, header.ShardCount), chunk);
        if (result == AddResult.Duplicate) return "a second copy";
        Probe?.Counted(header);
        if (result != AddResult.Complete) return null;
        if (WeightUpdate.IsOnePass(_setup)) _due.Add(header.Index);
        else Finished(header.Index, StepInBlocks(header.Index));
        if (!stepsLater) StepDue(OneByOne);
        return null;
    }

    /// <summary>Whether there are chunks whose sums are complete and which wait for <see cref="StepDue(Action{int, Action{int}})"/>.</summary>
    public bool HasDue => _due.Count > 0;

    /// <summary>Steps the chunks whose sums are complete.</summary>
    /// <param name="run">Gets a number of parts that have nothing in common, and what does one of them; may do several at a time.</param>
    public void StepDue(Action<int, Action<int>> run)
    {
        if (_due.Count == 0) return;
        _justMade.Clear();
        if (Probe is { } probe && probe.WantsGradient(Step))
            foreach (var chunk in _due) ShowMean(probe, chunk);
        run(_due.Count, _stepDue);
        for (var i = 0; i < _due.Count; i++) Finished(_due[i], _dueWrong[i]);
        _due.Clear();
    }

    /// <summary>Adds the losses of a partial sum. A second copy changes nothing.</summary>
    public void AddLoss(ShardRange range, LossSum sum)
    {
        _justMade.Clear();
        var result = _loss.Add(range, sum);
        if (result != AddResult.Duplicate) Probe?.LossCounted(Step, range, sum);
        if (result == AddResult.Complete && _setup.NeedsWholeStep) MakeAll();
    }

    /// <summary>The chunks of the next version that the last call of <see cref="Add"/> or <see cref="AddLoss"/> has made: one, or all at once
    /// where the step must be seen whole.</summary>
    public IReadOnlyList<int> JustMade => _justMade;

    /// <summary>A chunk of the current weights (or of the next, once made) for one worker; it holds a use of the version.</summary>
    /// <param name="session">Of the worker.</param>
    public TensorChunk Weights(int chunk, bool next, ulong session)
    {
        if (next && !_made[chunk]) throw new BrokenInvariantException($"chunk {chunk} of version {Step + 1} is not made yet");
        var version = next ? _next : _current;
        var (offset, count) = Slice(chunk);
        var header = new ChunkHeader(ChunkKind.Weights, next ? Step + 1 : Step, chunk, 0, 0, count) { Session = session };
        return version.Chunk(header, version.Vector.Slice(offset, count));
    }

    /// <summary>Whether every chunk of the next version is made.</summary>
    public bool IsNextWhole => _missing == 0;

    /// <summary>Whether this chunk of the next version is made.</summary>
    public bool IsMade(int chunk) => _made[chunk];

    /// <summary>The first current weight that is NaN or infinite; null when all are finite.</summary>
    public NonFiniteElement? FirstNonFinite() => NonFiniteElement.First(_setup.Model.Parameters, 0, Current.Span);

    /// <summary>Makes version Step + 1 the current one.</summary>
    public void Commit()
    {
        if (!IsComplete || _missing > 0) throw new BrokenInvariantException($"step {Step} is to be committed with {_missing} chunks missing");
        _current.Release();
        _current = _next;
        _next = _pool.Rent();
        _loss.Reset();
        Array.Clear(_made);
        _missing = _unsummed = Chunks;
        _wrong = null;
        Probe?.Committed(Step, _pool.Lent);
        Step++;
    }

    private (int Offset, int Count) Slice(int chunk)
    {
        var offset = chunk * ChunkElements;
        return (offset, Math.Min(ChunkElements, Elements - offset));
    }

    /// <summary>Whether a partial sum's chunk is of the step in progress and of the right size.</summary>
    public bool Fits(in ChunkHeader header) => Misfit(header) is null;

    private string? Misfit(in ChunkHeader header)
    {
        if (header.Kind != ChunkKind.Partial) return "not a partial sum";
        if (header.Step != Step) return header.Step < Step ? "its step is committed" : "its step is not in progress";
        if (header.Index < 0 || header.Index >= Chunks || header.Elements != Slice(header.Index).Count)
            return $"{header.Elements} elements do not fit chunk {header.Index} of a vector of {Elements}";
        var range = new ShardRange(header.FirstShard, header.ShardCount);
        return range.IsAligned && range.First >= 0 && range.End <= _setup.Shards ? null : $"shards {range} are no aligned run";
    }

    private static void OneByOne(int parts, Action<int> part)
    {
        for (var i = 0; i < parts; i++) part(i);
    }

    private void StepDue(int part) => _dueWrong[part] = StepAtOnce(_due[part]);

    /// <summary>∇L of the chunk is made, and its weights are stepped if that may be.</summary>
    /// <param name="wrong">The first element of ∇L that is not finite; null: there is none.</param>
    private void Finished(int chunk, NonFiniteElement? wrong)
    {
        _rights[chunk]?.Release();
        _rights[chunk] = null;
        _unsummed--;
        if (wrong is { } element && !(_wrong?.Chunk < chunk)) _wrong = (chunk, element);
        if (_setup.NeedsWholeStep) MakeAll();
        else if (wrong is null) Done(chunk);
    }

    private int SamplesInStep => _setup.Layout.SamplesIn((int)(Step % _setup.Layout.BatchesPerEpoch));

    /// <summary>The chunk's root is complete: its last sum is made, it becomes ∇L, and the weights are stepped, all at once. Touches nothing that other
    /// chunks have.</summary>
    /// <returns>The first element of ∇L that is not finite; null: there is none.</returns>
    private NonFiniteElement? StepAtOnce(int chunk)
    {
        var root = _trees[chunk].Root.Data.Span;
        var half = _rights[chunk] is { } right ? right.Data.Span : default;
        var (offset, count) = Slice(chunk);
        if (WeightUpdate.MeanAndStep(_setup, SamplesInStep, Step, offset, root, half, _current.Vector.Span.Slice(offset, count),
            _next.Vector.Span.Slice(offset, count), State)) return null;
        if (!half.IsEmpty) Elementwise.TreeAdd<float>(root, half, root);
        return NonFiniteElement.First(_setup.Model.Parameters, offset, root); // finite as the sums are, and as their means
    }

    /// <summary>∇L for the probe: made for it alone, so that it changes nothing of how a step is taken.</summary>
    private void ShowMean(IAggregationProbe probe, int chunk)
    {
        ReadOnlySpan<float> left = _trees[chunk].Root.Data.Span;
        var right = _rights[chunk] is { } half ? half.Data.Span : default;
        var offset = Slice(chunk).Offset;
        for (var begin = 0; begin < left.Length; begin += WeightUpdate.BlockElements)
        {
            var mean = _block.Span[..Math.Min(WeightUpdate.BlockElements, left.Length - begin)];
            left.Slice(begin, mean.Length).CopyTo(mean);
            if (!right.IsEmpty) Elementwise.TreeAdd<float>(mean, right.Slice(begin, mean.Length), mean);
            WeightUpdate.Mean(_setup, SamplesInStep, offset + begin, mean, _current.Vector.Span.Slice(offset + begin, mean.Length));
            probe.Gradient(Step, offset + begin, mean);
        }
    }

    /// <summary>The same where ∇L is looked at in between: block by block, so that each passes through the caches once.</summary>
    /// <returns>As the other. From there on nothing is stepped.</returns>
    private NonFiniteElement? StepInBlocks(int chunk)
    {
        var root = _trees[chunk].Root.Data.Span;
        var right = _rights[chunk];
        var (offset, count) = Slice(chunk);
        NonFiniteElement? wrong = null;
        for (var begin = 0; begin < count; begin += WeightUpdate.BlockElements)
        {
            var length = Math.Min(WeightUpdate.BlockElements, count - begin);
            var weights = _current.Vector.Span.Slice(offset + begin, length);
            var gradient = root.Slice(begin, length);
            if (right is null)
            {
                WeightUpdate.Mean(_setup, SamplesInStep, offset + begin, gradient, weights);
            }
            else
            {
                // ∇L is kept where it is needed once more; else it never leaves the nearest cache.
                var mean = _setup.NeedsWholeStep ? gradient : _block.Span[..length];
                WeightUpdate.Mean(_setup, SamplesInStep, offset + begin, gradient, right.Data.Span.Slice(begin, length), mean, weights);
                gradient = mean;
            }
            if (Probe is { } probe && probe.WantsGradient(Step)) probe.Gradient(Step, offset + begin, gradient);
            if (wrong is null && !Finite.All(gradient)) wrong = NonFiniteElement.First(_setup.Model.Parameters, offset + begin, gradient);
            if (wrong is null && !_setup.NeedsWholeStep)
                WeightUpdate.Step(_setup, Step, offset + begin, gradient, weights, _next.Vector.Span.Slice(offset + begin, length), State);
        }
        return wrong;
    }

    /// <summary>Makes every chunk once all of ∇L and the loss are there and the step may be taken or skipped; before that, nothing.</summary>
    private void MakeAll()
    {
        if (!IsComplete) return;
        var verdict = Verdict;
        if (verdict == StepVerdict.Skip)
        {
            _current.Vector.CopyTo(_next.Vector);
            for (var chunk = 0; chunk < Chunks; chunk++) Done(chunk);
        }
        if (verdict != StepVerdict.Take) return;
        for (var chunk = 0; chunk < Chunks; chunk++) _trees[chunk].Root.Data.Span.CopyTo(_whole.AsSpan(Slice(chunk).Offset));
        WeightUpdate.Begin(_setup, Step, Loss, _whole, Current.Span, State);
        for (var chunk = 0; chunk < Chunks; chunk++) Make(chunk, _whole.AsSpan(Slice(chunk).Offset, Slice(chunk).Count));
    }

    private void Make(int chunk, ReadOnlySpan<float> gradient)
    {
        var (offset, count) = Slice(chunk);
        WeightUpdate.Step(_setup, Step, offset, gradient, _current.Vector.Span.Slice(offset, count),
            _next.Vector.Span.Slice(offset, count), State);
        Done(chunk);
    }

    private void Done(int chunk)
    {
        _trees[chunk].Root.Release();
        _trees[chunk].Reset();
        _made[chunk] = true;
        _missing--;
        _justMade.Add(chunk);
    }

    /// <summary>The sum that becomes the root is left to who steps the chunk.</summary>
    private TensorChunk Leave(TensorChunk left, TensorChunk right)
    {
        _rights[right.Header.Index] = right;
        return left;
    }

    private static TensorChunk AddChunks(TensorChunk left, TensorChunk right)
    {
        Elementwise.TreeAdd<float>(left.Data.Span, right.Data.Span, left.Data.Span);
        right.Release();
        return left;
    }
}
