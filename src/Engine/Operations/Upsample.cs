using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Nearest-neighbour upsampling: every pixel becomes a block of equal ones.</summary>
/// <remarks><code>
/// forward    y[c, p, q] = x[c, ⌊p / fy⌋, ⌊q / fx⌋]
/// backward   ∂H/∂x = Σ over the block of ∂H/∂y
/// shapes     [B, C, H, W] or [C, H, W] → [B, C, H·fy, W·fx] or [C, H·fy, W·fx]
/// saves      nothing
/// order      over the block in row-major order, from +0
/// </code></remarks>
/// <param name="factorY">fy, at least 1.</param>
/// <param name="factorX">fx, at least 1.</param>
public sealed class Upsample(int factorY, int factorX) : Operation
{
    private readonly Window _y = new(factorY, factorY), _x = new(factorX, factorX);

    /// <summary>Rows of the block.</summary>
    public int FactorY => factorY;

    /// <summary>Columns of the block.</summary>
    public int FactorX => factorX;

    public override string Name => "upsample";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 1);
        var (channels, height, width) = ImageRules.Image(Name, inputs[0]);
        return ImageRules.Like(inputs[0], channels, checked(height * factorY), checked(width * factorX));
    }

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var input = context.Input(0);
        var width = context.InputShape(0).Sample[2];
        var output = context.Output;
        for (var row = 0; row < input.Length / width; row++)
        {
            var first = output.Slice(row * factorY * width * factorX, width * factorX);
            for (var x = 0; x < width; x++) first.Slice(x * factorX, factorX).Fill(input[(row * width) + x]);
            for (var copy = 1; copy < factorY; copy++) first.CopyTo(output[(((row * factorY) + copy) * first.Length)..]);
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var output = context.OutputShape.Sample;
        WindowSums<PlainTerm>.Forward(_y, _x, output[1], output[2], context.OutputGradient, context.InputGradient(0));
    }
}
