using Distributed.Engine.Data;
using Distributed.Engine.Data.Augmentations;
using Distributed.Engine.Graphs;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Training;

/// <summary>What a worker runs: losses and gradient of an aligned run of shards, and evaluation.</summary>
/// <remarks>
/// Owns the executor and all scratch memory, so a call allocates nothing once it has run before. One thread at a time.
/// Two calls on sibling runs whose results are added (gradients element by element, left + right; losses by <see cref="LossSum"/>)
/// give the bits of one call on their parent.
/// </remarks>
public sealed class ShardComputer
{
    private readonly TrainingSetup _setup;
    private readonly Model _model;
    private readonly Executor<float> _executor;
    private readonly SampleOrder _order;
    private readonly TreeAccumulator? _tree;
    private readonly Augmenter? _augmenter;
    private readonly int[] _indices;
    private readonly int[] _offsets;
    private readonly float[] _raw;
    private readonly int _rawWidth;
    private readonly int[] _oneShard = new int[2];
    private readonly LossSum[] _shardSums;

    /// <param name="maxShards">The most shards of one call to <see cref="Compute"/>; at most V.</param>
    public ShardComputer(TrainingSetup setup, int maxShards) : this(setup, maxShards, inspects: false)
    {
    }

    /// <param name="inspects">Each value and each gradient of the last pass stays where <see cref="Executor"/> shows it. The bits are the
    /// same; it takes more memory and time.</param>
    internal ShardComputer(TrainingSetup setup, int maxShards, bool inspects)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxShards, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxShards, setup.Layout.Shards);
        (_setup, _model, MaxShards) = (setup, setup.Model, maxShards);
        if (_model.Losses.Shape != new Shape(Shape.Batch))
            throw new ShapeException($"the loss has shape {_model.Losses.Shape}, one loss a sample, [B], is wanted");
        var capacity = Math.Max(setup.Layout.MaxSamples(maxShards), setup.Test is null || inspects ? 1 : EvaluationBlocks.Samples);
        _executor = new Executor<float>(_model.Graph, _model.Losses, capacity, inspects, wanted: [_model.Scores]);
        _order = new SampleOrder(setup.Train.Count, setup.Seed);
        _augmenter = setup.Augmentations.Count == 0
            ? null
            : new Augmenter(setup.Augmentations, setup.Train.SampleShape, setup.Train.Target, setup.Seed);
        _tree = _executor.ReducesInTree ? null : new TreeAccumulator(_model.Parameters.Count, maxShards);
        _indices = new int[capacity];
        _rawWidth = _model.Target.Shape.SampleElements;
        _raw = new float[checked(capacity * _rawWidth)];
        _offsets = new int[maxShards + 1];
        _shardSums = new LossSum[maxShards];
    }

    public int MaxShards { get; }

    internal Executor<float> Executor => _executor;

    /// <summary>The sums over the shards of <paramref name="range"/> of a batch.</summary>
    /// <param name="epoch">At least 0.</param>
    /// <param name="batch">Batch of the epoch, 0..BatchesPerEpoch − 1.</param>
    /// <param name="range">An aligned run of at most <see cref="MaxShards"/> shards.</param>
    /// <param name="weights">The flat weights, unchanged until the call ends.</param>
    /// <param name="gradient">Gets the tree's node of this range: the sum of ∇H over its samples, not divided; +0 where it holds no
    /// sample.</param>
    /// <param name="ready">Called whenever more of the gradient is final; the last call has 0.</param>
    /// <exception cref="ArgumentException">The range is not aligned, too long or outside the batch.</exception>
    public LossSum Compute(int epoch, int batch, ShardRange range, ReadOnlyMemory<float> weights, Memory<float> gradient,
        GradientReady? ready = null)
    {
        var layout = _setup.Layout;
        if (batch < 0 || batch >= layout.BatchesPerEpoch)
            throw new ArgumentOutOfRangeException(nameof(batch), batch, $"an epoch has batches 0 to {layout.BatchesPerEpoch - 1}");
        if (!range.IsAligned || range.First < 0 || range.End > layout.Shards)
            throw new ArgumentException($"shards {range} are not an aligned run of the {layout.Shards} shards of a batch",
                nameof(range));
        if (range.Count > MaxShards)
            throw new ArgumentException($"shards {range} are {range.Count}, this computer takes {MaxShards} at most", nameof(range));

        var first = layout.ShardOffset(batch, range.First);
        for (var shard = 0; shard <= range.Count; shard++)
            _offsets[shard] = layout.ShardOffset(batch, range.First + shard) - first;
        if (_tree is null)
        {
            RunPass(epoch, batch, first, 0, range.Count, weights, gradient, ready);
        }
        else
        {
            _tree.Begin(gradient);
            for (var shard = 0; shard < range.Count; shard++)
            {
                RunPass(epoch, batch, first, shard, 1, weights, _tree.Leaf, null);
                _tree.Add();
            }
            ready?.Invoke(0, false);
        }
        return LossSum.InTree(_shardSums.AsSpan(0, range.Count));
    }

    /// <summary>Losses and right predictions on a run of test samples, added one by one in the data set's order.</summary>
    /// <exception cref="InvalidOperationException">The setup has no test set.</exception>
    public LossSum Evaluate(ReadOnlyMemory<float> weights, int firstSample, int count)
    {
        var test = _setup.Test ?? throw new InvalidOperationException("this training has no test set to evaluate on");
        if (firstSample < 0 || count < 0 || count > test.Count - firstSample)
            throw new ArgumentOutOfRangeException(nameof(firstSample), firstSample,
                $"the test set has samples 0 to {test.Count - 1}; {count} from {firstSample} on do not fit");
        var sum = default(LossSum);
        for (var done = 0; done < count;)
        {
            var samples = Math.Min(count - done, _executor.MaxSamples);
            for (var i = 0; i < samples; i++) _indices[i] = firstSample + done + i;
            _oneShard[1] = samples;
            Forward(test, weights, new Pass(_oneShard));
            sum = Continue(sum, 0, samples);
            done += samples;
        }
        return sum;
    }

    /// <summary>One pass over shards [firstShard, firstShard + shards) of the range whose offsets are set.</summary>
    /// <param name="first">Where the range begins in the batch.</param>
    private void RunPass(int epoch, int batch, int first, int firstShard, int shards, ReadOnlyMemory<float> weights, Memory<float> gradient,
        GradientReady? ready)
    {
        var begin = _offsets[firstShard];
        var samples = _offsets[firstShard + shards] - begin;
        if (samples == 0)
        {
            _shardSums.AsSpan(firstShard, shards).Clear();
            gradient.Span.Clear();
            ready?.Invoke(0, false);
            return;
        }
        _order.Fill(epoch, _setup.Layout.FirstSample(batch) + first + begin, _indices.AsSpan(0, samples));
        _oneShard[1] = samples;
        Forward(_setup.Train, weights, new Pass(shards == 1 ? _oneShard : _offsets.AsMemory(0, shards + 1))
        {
            Training = true,
            Seed = _setup.Seed,
            Step = ((long)epoch * _setup.Layout.BatchesPerEpoch) + batch,
            SampleIds = _indices.AsMemory(0, samples),
        });
        for (var shard = firstShard; shard < firstShard + shards; shard++)
            _shardSums[shard] = Continue(default, _offsets[shard] - begin, _offsets[shard + 1] - begin);
        _executor.Backward(gradient, ready);
    }

    private void Forward(DataSet data, ReadOnlyMemory<float> weights, Pass pass)
    {
        var samples = pass.Samples;
        var features = _executor.Input(_model.Features, samples);
        data.CopyFeatures(_indices.AsSpan(0, samples), features);
        if (pass.Training)
            _augmenter?.Apply((int)(pass.Step / _setup.Layout.BatchesPerEpoch), _indices.AsSpan(0, samples), features);
        data.CopyTargets(_indices.AsSpan(0, samples), _raw.AsSpan(0, samples * _rawWidth));
        var targets = _executor.Input(_model.Targets, samples);
        var width = targets.Length / samples;
        for (var i = 0; i < samples; i++) _model.Loss.WriteTarget(_model.Target, Raw(i), targets.Slice(i * width, width));
        _executor.Forward(weights, pass);
    }

    /// <summary>Adds the losses of samples [begin, end) of the pass to <paramref name="sum"/>, one by one.</summary>
    private LossSum Continue(LossSum sum, int begin, int end)
    {
        var losses = _executor.Values(_model.Losses);
        var scores = _executor.Values(_model.Scores);
        var width = _model.Scores.Shape.SampleElements;
        var (loss, correct) = (sum.Loss, sum.Correct);
        for (var i = begin; i < end; i++)
        {
            loss += losses[i];
            correct += Decisions.Correct(_model.Target, scores.Slice(i * width, width), Raw(i));
        }
        return new LossSum(loss, correct, sum.Samples + end - begin);
    }

    /// <summary>The target of a sample of the pass as the data set wrote it.</summary>
    private ReadOnlySpan<float> Raw(int sample) => _raw.AsSpan(sample * _rawWidth, _rawWidth);
}
