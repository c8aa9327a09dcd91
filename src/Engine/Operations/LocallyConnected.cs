using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Locally connected units: windows as a convolution's, but every position has weights and biases of its own.</summary>
/// <remarks><code>
/// forward    y[o, p, q] = Σ_c,ky,kx w[p, q, o, c, ky, kx]·x[c, p·s + ky·d − pad, q·s + kx·d − pad] + β[o, p, q], x being +0 outside
/// backward   as a linear layer's at each position; ∂H/∂x = Σ over the positions that see x
/// shapes     x [B, C, H, W] or [C, H, W] · weight [P, Q, O, C, Ky, Kx] · bias [O, P, Q] → [B, O, P, Q] or [O, P, Q]
/// saves      nothing
/// order      y over (c, ky, kx) in index order, fused multiply-add from +0, the bias added last; ∂H/∂x: at each position over o,
///            fused multiply-add from +0, these sums added over positions in row-major order from +0;
///            ∂H/∂w and ∂H/∂β: over samples in the reduction tree
/// </code>
/// At each position it is one matrix product over the samples. Source: Taigman, Yang, Ranzato, Wolf: DeepFace (2014).</remarks>
/// <param name="y">The window along the rows.</param>
/// <param name="x">The window along the columns.</param>
/// <param name="label">The layer's name in error messages.</param>
public sealed class LocallyConnected(Window y, Window x, string? label = null) : Operation
{
    private string Described => label is null ? "LocallyConnected" : $"LocallyConnected \"{label}\"";

    /// <summary>The window along the rows.</summary>
    public Window Y => y;

    /// <summary>The window along the columns.</summary>
    public Window X => x;

    public override string Name => "locally-connected";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 3);
        var (channels, height, width) = ImageRules.Image(Described, inputs[0]);
        var (rows, columns) = ImageRules.Outputs(Described, y, x, height, width);
        var weight = inputs[1];
        if (weight.Rank != 6 || weight != new Shape(rows, columns, weight[2], channels, y.Size, x.Size))
            throw new ShapeException($"{Described}: weight has shape {weight}, "
                + $"[{rows}, {columns}, maps, {channels}, {y.Size}, {x.Size}] is wanted for an input {inputs[0]}");
        if (inputs[2] != new Shape(weight[2], rows, columns))
            throw new ShapeException($"{Described}: bias has shape {inputs[2]}, [{weight[2]}, {rows}, {columns}] is wanted");
        return ImageRules.Like(inputs[0], weight[2], rows, columns);
    }

    public override bool ReducesOverSamples(int input) => input is 1 or 2;

    /// <summary>The windows, and the outputs, of all samples at one position.</summary>
    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) =>
        checked((inputs[0].IsBatched ? samples : 1) * (inputs[1][2] + (inputs[1][3] * inputs[1][4] * inputs[1][5])));

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var weight = context.InputShape(1);
        var output = context.Output;
        var (maps, positions, taps) = (weight[2], weight[0] * weight[1], weight[3] * weight[4] * weight[5]);
        var samples = output.Length / (maps * positions);
        var windows = context.Scratch[..(samples * taps)];
        var outputs = context.Scratch.Slice(samples * taps, samples * maps);
        for (var p = 0; p < positions; p++)
        {
            Gather(context.Input(0), context.InputShape(0).Sample, weight[1], p, windows);
            Gemm.Multiply(false, true, samples, maps, taps, windows, context.Input(1).Slice(p * maps * taps, maps * taps), outputs);
            for (var i = 0; i < outputs.Length; i++) output[(i * positions) + p] = outputs[i] + context.Input(2)[(i % maps * positions) + p];
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var (weight, sample) = (context.InputShape(1), context.InputShape(0).Sample);
        var (maps, positions, taps) = (weight[2], weight[0] * weight[1], weight[3] * weight[4] * weight[5]);
        var g = context.OutputGradient;
        var samples = g.Length / (maps * positions);
        var offsets = context.OutputShape.IsBatched ? context.Shards.Offsets : [0, 1];
        var windows = context.Scratch[..(samples * taps)];
        var gradients = context.Scratch.Slice(samples * taps, samples * maps);
        if (context.NeedsGradient(2)) Reductions.SumRows(g, maps * positions, offsets, context.InputGradient(2));
        if (context.NeedsGradient(0)) context.InputGradient(0).Clear();
        for (var p = 0; p < positions; p++)
        {
            for (var i = 0; i < gradients.Length; i++) gradients[i] = g[(i * positions) + p];
            if (context.NeedsGradient(1))
            {
                Gather(context.Input(0), sample, weight[1], p, windows);
                Gemm.MultiplyTree(true, false, maps, taps, samples, gradients, windows,
                    context.InputGradient(1).Slice(p * maps * taps, maps * taps), offsets);
            }
            if (!context.NeedsGradient(0)) continue;
            Gemm.Multiply(false, false, samples, taps, maps, gradients, context.Input(1).Slice(p * maps * taps, maps * taps), windows);
            Scatter(windows, sample, weight[1], p, context.InputGradient(0));
        }
    }

    /// <summary>Copies the window at position p of every sample: [samples, C·Ky·Kx].</summary>
    private void Gather<T>(ReadOnlySpan<T> images, Shape sample, int columns, int p, Span<T> windows) where T : unmanaged
    {
        var next = 0;
        var (top, left) = Corner(columns, p);
        for (var plane = 0; plane < images.Length; plane += sample[1] * sample[2])
        {
            for (var ky = 0; ky < y.Size; ky++)
            {
                var row = top + (ky * y.Dilation);
                for (var kx = 0; kx < x.Size; kx++)
                {
                    var column = left + (kx * x.Dilation);
                    windows[next++] = IsIn(row, column, sample) ? images[plane + (row * sample[2]) + column] : default;
                }
            }
        }
    }

    /// <summary>Adds windows at position p to where <see cref="Gather"/> takes them from.</summary>
    private void Scatter<T>(ReadOnlySpan<T> windows, Shape sample, int columns, int p, Span<T> images)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var next = 0;
        var (top, left) = Corner(columns, p);
        for (var plane = 0; plane < images.Length; plane += sample[1] * sample[2])
        {
            for (var ky = 0; ky < y.Size; ky++)
            {
                var row = top + (ky * y.Dilation);
                for (var kx = 0; kx < x.Size; kx++, next++)
                {
                    var column = left + (kx * x.Dilation);
                    if (IsIn(row, column, sample)) images[plane + (row * sample[2]) + column] += windows[next];
                }
            }
        }
    }

    private (int Top, int Left) Corner(int columns, int p) =>
        ((p / columns * y.Stride) - y.Before, (p % columns * x.Stride) - x.Before);

    private static bool IsIn(int row, int column, Shape sample) => (uint)row < (uint)sample[1] && (uint)column < (uint)sample[2];
}
