using System.Numerics;
using System.Runtime.InteropServices;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Batch normalization: each channel less its mean, divided by its standard deviation, both over the samples of a virtual
/// shard.</summary>
/// <remarks><code>
/// training   μ_sc, σ²_sc over the m = n_s·P values of channel c in shard s (n_s samples of P pixels);
///            y = a·(x − μ_sc) + β_c,  a = γ_c·r,  r = 1/√(σ²_sc + ε)
/// evaluation the same with the running mean and variance instead
/// backward   training ∂H/∂x = a·(g − Σg/m − (x − μ)·r²·Σg·(x − μ)/m), sums over the channel in the shard; evaluation ∂H/∂x = a·g;
///            ∂H/∂γ = Σ g·(x − μ)·r · ∂H/∂β = Σ g
///            to the running mean and variance no derivative, but what the shard observed, n_s·μ_sc and n_s·σ²_sc·m/(m − 1), so that
///            the tree's root / B is the mean over the samples (see <see cref="Graphs.ParameterRole.Statistic"/>); in evaluation +0
/// shapes     x [B, C] or [B, C, …] · gain γ, shift β, running mean and variance [C] → as x
/// source     Ioffe, Szegedy: Batch Normalization (2015), algorithms 1 and 2, with a shard for the mini-batch
/// saves      μ, r and the observed variance of each shard that holds samples
/// stability  the variance is taken around the mean, not as a difference of squares; ε keeps a constant channel finite
/// order      float is summed in double: the pixels of a sample as <see cref="Reductions"/> says, then the samples of a shard in order
///            from +0; a shard's sum is rounded to float once. The shards are added in the reduction tree
/// </code>
/// With one value a channel (m = 1) a shard says nothing of the variance: y = β, and the running variance itself counts as observed.
/// </remarks>
/// <param name="epsilon">ε, above 0.</param>
/// <param name="label">The layer's name in error messages: BatchNorm "batch-norm1".</param>
public sealed class BatchNorm(float epsilon = BatchNorm.DefaultEpsilon, string? label = null) : Operation
{
    public const float DefaultEpsilon = 1e-5f;

    private const int Gain = 1, Shift = 2, Mean = 3, Variance = 4;

    private static readonly string[] Parameters = ["input", "gain", "shift", "running mean", "running variance"];

    public float Epsilon { get; } = float.IsFinite(epsilon) && epsilon > 0 ? epsilon
        : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "the ε of batch normalization is a finite number above 0");

    public override string Name => "batch-norm";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 5);
        var described = label is null ? "BatchNorm" : $"BatchNorm \"{label}\"";
        if (!inputs[0].IsBatched || inputs[0].Rank < 2)
            throw new ShapeException($"{described}: input has shape {inputs[0]}, [B, C] or [B, C, …] is wanted");
        for (var i = 1; i < inputs.Length; i++)
            if (inputs[i] != new Shape(inputs[0][1]))
                throw new ShapeException($"{described}: {Parameters[i]} has shape {inputs[i]}, input {inputs[0]} expects [{inputs[0][1]}]");
        return inputs[0];
    }

    public override bool ReducesOverSamples(int input) => input >= Gain;

    /// <summary>By shard that holds samples: μ, r and the observed variance of every channel.</summary>
    public override int SavedElements(ReadOnlySpan<Shape> inputs, int samples) => checked(3 * samples * inputs[0][1]);

    /// <summary>Two matrices [B, C] of what is summed over the samples; by channel, two sums in double and two numbers.</summary>
    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => checked(((2 * samples) + 6) * inputs[0][1]);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var channels = context.InputShape(0)[1];
        var saved = context.Saved;
        if (!context.Pass.Training)
        {
            context.Input(Mean).CopyTo(saved);
            for (var c = 0; c < channels; c++)
                saved[channels + c] = T.One / T.Sqrt(context.Input(Variance)[c] + T.CreateChecked(Epsilon));
            Normalize(context, 0, context.Samples, saved);
            return;
        }
        var shards = context.Shards;
        for (var shard = 0; shard < shards.Shards; shard++)
        {
            var (first, end) = (shards.Offsets[shard], shards.Offsets[shard + 1]);
            if (first == end) continue;
            if (typeof(T) == typeof(float)) Observe<T, double>(context, first, end, saved);
            else Observe<T, T>(context, first, end, saved);
            Normalize(context, first, end, saved);
            saved = saved[(3 * channels)..];
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        if (typeof(T) == typeof(float)) Backward<T, double>(context);
        else Backward<T, T>(context);
    }

    /// <summary>Mean, r and variance of samples [first, end), to be saved.</summary>
    private void Observe<T, TSum>(in ForwardContext<T> context, int first, int end, Span<T> saved)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum>
    {
        var x = context.Input(0);
        var running = context.Input(Variance);
        var channels = context.InputShape(0)[1];
        var pixels = context.InputShape(0).SampleElements / channels;
        var means = Wide<T, TSum>(context.Scratch, channels, 0);
        var squares = Wide<T, TSum>(context.Scratch, channels, 1);
        var values = (end - first) * pixels;
        var count = TSum.CreateChecked(values);
        ChannelSums.Sum(x, pixels, first, end, means);
        for (var c = 0; c < channels; c++) means[c] /= count;
        ChannelSums.SumOfSquares<T, TSum>(x, pixels, first, end, means, squares);
        for (var c = 0; c < channels; c++)
        {
            saved[c] = T.CreateChecked(means[c]);
            saved[channels + c] = T.CreateChecked(TSum.One / TSum.Sqrt((squares[c] / count) + TSum.CreateChecked(Epsilon)));
            saved[(2 * channels) + c] = values > 1 ? T.CreateChecked(squares[c] / (count - TSum.One)) : running[c];
        }
    }

    /// <summary>y of samples [first, end): x − μ, times a, plus β, each rounded.</summary>
    private static void Normalize<T>(in ForwardContext<T> context, int first, int end, ReadOnlySpan<T> saved)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var channels = context.InputShape(0)[1];
        var pixels = context.InputShape(0).SampleElements / channels;
        var gain = context.Input(Gain);
        var shift = context.Input(Shift);
        for (var b = first; b < end; b++)
        {
            var x = context.Input(0).Slice(b * channels * pixels, channels * pixels);
            var y = context.Output.Slice(b * channels * pixels, channels * pixels);
            for (var c = 0; c < channels; c++)
            {
                var (mean, scale) = (saved[c], gain[c] * saved[channels + c]);
                if (pixels == 1)
                {
                    y[c] = ((x[c] - mean) * scale) + shift[c];
                    continue;
                }
                var plane = y.Slice(c * pixels, pixels);
                Elementwise.AddScalar(x.Slice(c * pixels, pixels), -mean, plane);
                Elementwise.Scale<T>(plane, scale, plane);
                Elementwise.AddScalar<T>(plane, shift[c], plane);
            }
        }
    }

    private static void Backward<T, TSum>(in BackwardContext<T> context)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum>
    {
        var channels = context.InputShape(0)[1];
        var pixels = context.InputShape(0).SampleElements / channels;
        var shards = context.Shards;
        var saved = context.Saved;
        // Row b holds what sample b adds to a sum over samples; a shard's sum stands in the row of its first sample.
        var gains = Rows(context, 0);
        var shifts = Rows(context, 1);
        var sums = Wide<T, TSum>(Rest(context), channels, 0);
        var products = Wide<T, TSum>(Rest(context), channels, 1);
        for (var shard = 0; shard < shards.Shards; shard++)
        {
            var (first, end) = (shards.Offsets[shard], shards.Offsets[shard + 1]);
            if (first == end) continue;
            ChannelSums.Sum(context.OutputGradient, pixels, first, end, sums);
            ChannelSums.Dot(context.OutputGradient, context.Input(0), pixels, first, end, products);
            for (var c = 0; c < channels; c++)
            {
                products[c] = (products[c] - (TSum.CreateChecked(saved[c]) * sums[c])) * TSum.CreateChecked(saved[channels + c]);
                shifts[(first * channels) + c] = T.CreateChecked(sums[c]);
                gains[(first * channels) + c] = T.CreateChecked(products[c]);
            }
            if (context.NeedsGradient(0)) InputGradient<T, TSum>(context, first, end, saved, sums, products);
            if (context.Pass.Training) saved = saved[(3 * channels)..];
        }
        var offsets = shards.Offsets;
        if (context.NeedsGradient(Gain)) Reductions.SumRows<T>(gains, channels, offsets, context.InputGradient(Gain));
        if (context.NeedsGradient(Shift)) Reductions.SumRows<T>(shifts, channels, offsets, context.InputGradient(Shift));
        if (context.NeedsGradient(Mean)) Observed(context, 0, context.InputGradient(Mean));
        if (context.NeedsGradient(Variance)) Observed(context, 2, context.InputGradient(Variance));
    }

    /// <summary>∂H/∂x of samples [first, end): fma(x − μ, −k, g), less Σg/m, times a, each rounded; in evaluation g·a.</summary>
    /// <param name="sums">Σg of each channel.</param>
    /// <param name="products">Σ g·(x − μ)·r of each channel; k is r/m times that.</param>
    private static void InputGradient<T, TSum>(in BackwardContext<T> context, int first, int end, ReadOnlySpan<T> saved,
        ReadOnlySpan<TSum> sums, ReadOnlySpan<TSum> products)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum>
    {
        var channels = sums.Length;
        var pixels = context.InputShape(0).SampleElements / channels;
        var count = TSum.CreateChecked((end - first) * pixels);
        var training = context.Pass.Training;
        var gain = context.Input(Gain);
        var slopes = Rest(context).Slice(4 * channels, channels);
        var averages = Rest(context).Slice(5 * channels, channels);
        for (var c = 0; c < channels; c++)
        {
            slopes[c] = -T.CreateChecked(TSum.CreateChecked(saved[channels + c]) * products[c] / count);
            averages[c] = -T.CreateChecked(sums[c] / count);
        }
        for (var b = first; b < end; b++)
        {
            var x = context.Input(0).Slice(b * channels * pixels, channels * pixels);
            var g = context.OutputGradient.Slice(b * channels * pixels, channels * pixels);
            var dx = context.InputGradient(0).Slice(b * channels * pixels, channels * pixels);
            for (var c = 0; c < channels; c++)
            {
                var (mean, scale) = (saved[c], gain[c] * saved[channels + c]);
                if (pixels == 1)
                {
                    dx[c] = training ? (T.FusedMultiplyAdd(x[c] - mean, slopes[c], g[c]) + averages[c]) * scale : g[c] * scale;
                    continue;
                }
                var plane = dx.Slice(c * pixels, pixels);
                var incoming = g.Slice(c * pixels, pixels);
                if (training)
                {
                    Elementwise.AddScalar(x.Slice(c * pixels, pixels), -mean, plane);
                    Elementwise.AddScaled(incoming, plane, slopes[c], plane);
                    Elementwise.AddScalar<T>(plane, averages[c], plane);
                    incoming = plane;
                }
                Elementwise.Scale(incoming, scale, plane);
            }
        }
    }

    /// <summary>Σ_s n_s·statistic, in the tree.</summary>
    /// <param name="place">Which of the saved numbers of a shard: 0 the mean, 2 the variance.</param>
    private static void Observed<T>(in BackwardContext<T> context, int place, Span<T> gradient) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var channels = context.InputShape(0)[1];
        var offsets = context.Shards.Offsets;
        var rows = Rows(context, 0);
        var saved = context.Saved;
        for (var shard = 0; context.Pass.Training && shard + 1 < offsets.Length; shard++)
        {
            var samples = offsets[shard + 1] - offsets[shard];
            if (samples == 0) continue;
            for (var c = 0; c < channels; c++)
                rows[(offsets[shard] * channels) + c] = T.CreateChecked(samples) * saved[(place * channels) + c];
            saved = saved[(3 * channels)..];
        }
        Reductions.SumRows<T>(rows, channels, offsets, gradient);
    }

    /// <summary>One of the two matrices [B, C] of scratch memory, all +0.</summary>
    private static Span<T> Rows<T>(in BackwardContext<T> context, int matrix) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var elements = context.Samples * context.InputShape(0)[1];
        var rows = context.Scratch.Slice(matrix * elements, elements);
        rows.Clear();
        return rows;
    }

    /// <summary>What is left of the scratch memory behind the two matrices.</summary>
    private static Span<T> Rest<T>(in BackwardContext<T> context) where T : unmanaged, IFloatingPointIeee754<T> =>
        context.Scratch[(2 * context.Samples * context.InputShape(0)[1])..];

    /// <summary>One of two rows of wide sums, one for each channel, at the beginning of <paramref name="scratch"/>.</summary>
    private static Span<TSum> Wide<T, TSum>(Span<T> scratch, int channels, int row)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum> =>
        MemoryMarshal.Cast<T, TSum>(scratch).Slice(row * channels, channels);
}
