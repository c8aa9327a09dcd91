using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>2-D convolution of images: every position of an output map is the same weighted sum of a window of the input.</summary>
/// <remarks><code>
/// forward    y[o, p, q] = Σ_c,ky,kx w[o, c, ky, kx]·x[c, p·s + ky·d − pad, q·s + kx·d − pad] + β_o, x being +0 outside the image;
///            flip: w[o, c, K − 1 − ky, K − 1 − kx] instead, so that an impulse gives the mask itself (true convolution;
///            without it, cross-correlation)
/// backward   ∂H/∂x = each ∂H/∂y[o, p, q] times the weight that met x, summed · ∂H/∂w = Σ over b, p, q of ∂H/∂y·x ·
///            ∂H/∂β = Σ over b, p, q of ∂H/∂y
/// shapes     x [B, C, H, W] or [C, H, W] · weight [O, C/groups, Ky, Kx] · bias [O] → [B, O, P, Q] or [O, P, Q];
///            P = ⌊(H + padding − (Ky − 1)·d − 1) / s⌋ + 1, and Q likewise
/// groups     maps [g·O/groups, …) read channels [g·C/groups, …) only
/// saves      nothing
/// order      y over (c, ky, kx), ∂H/∂x over (o, ky, kx), in index order, fused multiply-add from +0, the bias added last;
///            ∂H/∂w: within a sample over positions in row-major order, over samples in the reduction tree; ∂H/∂β likewise, plain sums
/// </code>
/// Source: LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition (1998). What padding
/// multiplies is defined in <see cref="Convolution"/>.</remarks>
/// <param name="y">The window along the rows.</param>
/// <param name="x">The window along the columns.</param>
/// <param name="groups">At least 1; divides channels and maps.</param>
/// <param name="flip">True convolution.</param>
/// <param name="bias">Whether there is a third input, the bias.</param>
/// <param name="label">The layer's name in error messages.</param>
public sealed class Conv2d(Window y, Window x, int groups = 1, bool flip = false, bool bias = true, string? label = null) : Operation
{
    private ConvolutionTables? _tables;

    internal bool HasBias => bias;

    private string Described => label is null ? "Conv2d" : $"Conv2d \"{label}\"";

    /// <summary>The window along the rows.</summary>
    public Window Y => y;

    /// <summary>The window along the columns.</summary>
    public Window X => x;

    public int Groups => groups;

    /// <summary>True convolution, with the mask turned by 180°; else cross-correlation.</summary>
    public bool Flip => flip;

    public override string Name => "conv2d";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, bias ? 3 : 2);
        var (image, weight) = (inputs[0], inputs[1]);
        var (channels, height, width) = ImageRules.Image(Described, image);
        if (weight.Rank != 4 || weight.IsBatched || weight[2] != y.Size || weight[3] != x.Size)
            throw new ShapeException($"{Described}: weight has shape {weight}, [maps, channels, {y.Size}, {x.Size}] is wanted");
        if (channels % groups != 0 || weight[0] % groups != 0)
            throw new ShapeException($"{Described}: {groups} groups divide neither or only one of {channels} channels and {weight[0]} maps");
        if (weight[1] * groups != channels)
        {
            throw new ShapeException($"{Described}: input {image} has {channels} channels, weight {weight} expects {weight[1] * groups}"
                + (groups > 1 ? $" in {groups} groups" : ""));
        }
        if (bias && inputs[2] != new Shape(weight[0]))
            throw new ShapeException($"{Described}: bias has shape {inputs[2]}, weight {weight} expects [{weight[0]}]");
        var (rows, columns) = ImageRules.Outputs(Described, y, x, height, width);
        return ImageRules.Like(image, weight[0], rows, columns);
    }

    public override bool ReducesOverSamples(int input) => input is 1 or 2;

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var batched = context.OutputShape.IsBatched;
        Convolution.Forward(Tables(context.InputShape(0), context.OutputShape), batched ? context.Samples : 1, context.Input(0),
            context.Input(1), bias ? context.Input(2) : [], context.Output);
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var tables = Tables(context.InputShape(0), context.OutputShape);
        var batched = context.OutputShape.IsBatched;
        var offsets = batched ? context.Shards.Offsets : [0, 1];
        var g = context.OutputGradient;
        if (bias && context.NeedsGradient(2))
            MapSums.Run(g, tables.Shape.Maps, tables.Shape.Positions, offsets, context.InputGradient(2));
        if (context.NeedsGradient(1))
            Convolution.WeightGradient(tables, offsets, context.Input(0), g, context.InputGradient(1));
        if (context.NeedsGradient(0))
            Convolution.InputGradient(tables, batched ? context.Samples : 1, g, context.Input(1), [], context.InputGradient(0));
    }

    /// <summary>Made when a shape is first met; two threads that meet one at once make equal ones.</summary>
    internal ConvolutionTables Tables(Shape input, Shape output)
    {
        var shape = Geometry(input, output.Sample[0]);
        var tables = _tables;
        return tables?.Shape == shape ? tables : _tables = new ConvolutionTables(shape);
    }

    internal ConvolutionGeometry Geometry(Shape input, int maps)
    {
        var image = input.Sample;
        return new ConvolutionGeometry(image[0], image[1], image[2], maps, y, x, groups, flip);
    }
}
