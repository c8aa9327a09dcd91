namespace Distributed.Engine.Operations;

/// <summary>The same elements in another shape; the batch dimension, where there is one, stays first.</summary>
/// <remarks><code>
/// forward    y_i = x_i, i the row-major index
/// backward   ∂y_i/∂x_i = 1
/// shapes     [B, s…] → [B, t…] · [s…] → [t…];  Πs = Πt
/// saves      nothing
/// order      a copy: no sum
/// </code></remarks>
/// <param name="sample">t…, the shape of one sample of the output, without batch.</param>
public sealed class Reshape(Shape sample) : Operation
{
    public Shape SampleShape { get; } = sample.IsBatched
        ? throw new ShapeException($"reshape: the shape of one sample has no batch dimension, got {sample}")
        : sample;

    public override string Name => "reshape";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 1);
        var input = inputs[0];
        if (input.SampleElements != SampleShape.SampleElements)
            throw new ShapeException($"reshape: input {input} has {input.SampleElements} elements a sample, "
                + $"{SampleShape} wants {SampleShape.SampleElements}");
        return input.IsBatched ? Shape.Batched(SampleShape) : SampleShape;
    }

    public override void Forward<T>(in ForwardContext<T> context) => context.Input(0).CopyTo(context.Output);

    public override void Backward<T>(in BackwardContext<T> context) => context.OutputGradient.CopyTo(context.InputGradient(0));
}
