namespace Distributed.Engine.Operations;

/// <summary>A squared error near the target and a distance far from it, so that an outlier pulls with a bounded force.</summary>
/// <remarks><code>
/// forward    H_b = Σ_c h(r_bc),  r = s − t,  h(r) = ½r² where |r| ≤ δ, else δ·(|r| − ½δ)
/// backward   ∂H_b/∂s_bc = r where |r| ≤ δ, else δ·sign(r) · ∂H_b/∂t_bc = −∂H_b/∂s_bc
/// shapes     scores s [B, C] or [C] · targets t of the same shape → losses [B] or [];  C ≥ 1
/// source     Huber: Robust Estimation of a Location Parameter (1964)
/// saves      nothing
/// order      numbers in index order, from +0
/// </code>
/// A sum over the numbers of a sample, as <see cref="SquaredError"/>, which it is where no |r| is above δ.
/// </remarks>
/// <param name="delta">δ, finite, above 0.</param>
public sealed class Huber(float delta = 1) : Operation
{
    public float Delta { get; } = float.IsFinite(delta) && delta > 0 ? delta
        : throw new ArgumentOutOfRangeException(nameof(delta), delta, "the δ of the Huber loss is a finite number above 0");

    public override string Name => "huber";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        ShapeRules.LossOf(this, inputs, classes => new Shape(classes), fewestClasses: 1);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var s = context.Input(0);
        var t = context.Input(1);
        var (delta, half) = (T.CreateChecked(Delta), T.CreateChecked(0.5));
        var losses = context.Output;
        for (var b = 0; b < losses.Length; b++)
        {
            var sum = T.Zero;
            for (var i = b * classes; i < (b + 1) * classes; i++)
            {
                var r = T.Abs(s[i] - t[i]);
                sum += r <= delta ? half * r * r : delta * (r - (half * delta));
            }
            losses[b] = sum;
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var delta = T.CreateChecked(Delta);
        for (var input = 0; input < 2; input++)
        {
            if (!context.NeedsGradient(input)) continue;
            var mine = context.Input(input);
            var other = context.Input(1 - input);
            var gradient = context.InputGradient(input);
            for (var i = 0; i < gradient.Length; i++)
            {
                var r = mine[i] - other[i];
                gradient[i] = context.OutputGradient[i / classes] * (r > delta ? delta : r < -delta ? -delta : r);
            }
        }
    }
}
