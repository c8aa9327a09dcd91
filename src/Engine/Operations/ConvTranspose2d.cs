using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>2-D transposed convolution ("deconvolution"): the adjoint of a <see cref="Conv2d"/>, which makes images larger.</summary>
/// <remarks><code>
/// forward    y[o, p·s + ky·d − pad, q·s + kx·d − pad] += w[c, o, ky, kx]·x[c, p, q] over all c, p, q, ky, kx, from 0; then + β_o.
///            With the same window and weights, ⟨conv(u), x⟩ = ⟨u, y − β⟩ for every u
/// backward   ∂H/∂x = the convolution of ∂H/∂y with w · ∂H/∂w = Σ over b, p, q of x·∂H/∂y · ∂H/∂β = Σ over b and pixels of ∂H/∂y
/// shapes     x [B, C, P, Q] or [C, P, Q] · weight [C, O/groups, Ky, Kx] · bias [O] → [B, O, H, W] or [O, H, W];
///            H = (P − 1)·s − padding + (Ky − 1)·d + 1 + extra, and W likewise
/// saves      nothing
/// order      as the convolution's: y over (c, ky, kx), ∂H/∂x over (o, ky, kx), in index order, fused multiply-add from +0, the bias
///            last; ∂H/∂w within a sample over (p, q), over samples in the reduction tree; ∂H/∂β likewise, plain sums
/// </code>
/// Source: Zeiler, Krishnan, Taylor, Fergus: Deconvolutional Networks (2010); Long, Shelhamer, Darrell: Fully Convolutional
/// Networks for Semantic Segmentation (2015).</remarks>
/// <param name="y">The convolution's window along the rows.</param>
/// <param name="x">The convolution's window along the columns.</param>
/// <param name="extraY">Rows of the output behind those that follow from the window; less than its stride.</param>
/// <param name="extraX">Columns, likewise.</param>
/// <param name="groups">At least 1; divides channels and maps.</param>
/// <param name="flip">The adjoint of a true convolution.</param>
/// <param name="bias">Whether there is a third input, the bias.</param>
/// <param name="label">The layer's name in error messages.</param>
public sealed class ConvTranspose2d(Window y, Window x, int extraY = 0, int extraX = 0, int groups = 1, bool flip = false, bool bias = true,
    string? label = null) : Operation
{
    private ConvolutionTables? _tables;

    private string Described => label is null ? "ConvTranspose2d" : $"ConvTranspose2d \"{label}\"";

    /// <summary>The convolution's window along the rows.</summary>
    public Window Y => y;

    /// <summary>The convolution's window along the columns.</summary>
    public Window X => x;

    /// <summary>Rows of the output behind those that follow from the window.</summary>
    public int ExtraY => extraY;

    /// <summary>Columns, likewise.</summary>
    public int ExtraX => extraX;

    public int Groups => groups;

    /// <summary>The adjoint of a true convolution.</summary>
    public bool Flip => flip;

    public override string Name => "conv-transpose2d";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, bias ? 3 : 2);
        var (image, weight) = (inputs[0], inputs[1]);
        var (channels, height, width) = ImageRules.Image(Described, image);
        if (weight.Rank != 4 || weight.IsBatched || weight[2] != y.Size || weight[3] != x.Size)
            throw new ShapeException($"{Described}: weight has shape {weight}, [channels, maps, {y.Size}, {x.Size}] is wanted");
        if (channels % groups != 0)
            throw new ShapeException($"{Described}: input has {channels} channels, a multiple of its {groups} groups is wanted");
        if (weight[0] != channels)
            throw new ShapeException($"{Described}: input {image} has {channels} channels, weight {weight} expects {weight[0]}");
        var maps = weight[1] * groups;
        if (bias && inputs[2] != new Shape(maps))
            throw new ShapeException($"{Described}: bias has shape {inputs[2]}, weight {weight} expects [{maps}]");
        if (extraY >= y.Stride || extraX >= x.Stride)
            throw new ShapeException($"{Described}: {extraY} rows and {extraX} columns more than the window gives: less than the stride "
                + $"({y.Stride}, {x.Stride}) is wanted");
        var (rows, columns) = (Outputs(y, height, extraY), Outputs(x, width, extraX));
        if (rows < 1 || columns < 1)
            throw new ShapeException($"{Described}: {height} rows and {width} columns would give {rows} and {columns}: less padding is wanted");
        return ImageRules.Like(image, maps, rows, columns);
    }

    public override bool ReducesOverSamples(int input) => input is 1 or 2;

    public override void Forward<T>(in ForwardContext<T> context) =>
        Convolution.InputGradient(Tables(context.InputShape(0), context.OutputShape), context.OutputShape.IsBatched ? context.Samples : 1,
            context.Input(0), context.Input(1), bias ? context.Input(2) : [], context.Output);

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var tables = Tables(context.InputShape(0), context.OutputShape);
        var batched = context.OutputShape.IsBatched;
        var offsets = batched ? context.Shards.Offsets : [0, 1];
        var g = context.OutputGradient;
        if (bias && context.NeedsGradient(2))
            MapSums.Run(g, tables.Shape.Channels, tables.Shape.Pixels, offsets, context.InputGradient(2));
        if (context.NeedsGradient(1))
            Convolution.WeightGradient(tables, offsets, g, context.Input(0), context.InputGradient(1));
        if (context.NeedsGradient(0))
            Convolution.Forward(tables, batched ? context.Samples : 1, g, context.Input(1), [], context.InputGradient(0));
    }

    private static int Outputs(Window window, int extent, int extra) =>
        checked(((extent - 1) * window.Stride) - window.Before - window.After + window.Span + extra);

    /// <summary>Those of the convolution that leads from the output's shape to the input's.</summary>
    private ConvolutionTables Tables(Shape input, Shape output)
    {
        var (from, to) = (output.Sample, input.Sample);
        var shape = new ConvolutionGeometry(from[0], from[1], from[2], to[0], y, x, groups, flip);
        var tables = _tables;
        return tables?.Shape == shape ? tables : _tables = new ConvolutionTables(shape);
    }
}
