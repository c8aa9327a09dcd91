using System.Globalization;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Each element to the power of a constant.</summary>
/// <remarks><code>
/// forward    y = x^p; NaN for x &lt; 0 where p is not whole
/// backward   ∂y/∂x = p·x^(p−1); 0 for p = 0
/// shapes     any → the same
/// saves      nothing
/// stability  whole exponents by repeated multiplication, others by e^(p·ln x), in double for float: see <see cref="Powers"/>
/// order      element by element: no sum
/// </code></remarks>
/// <param name="exponent">p; finite.</param>
public sealed class ConstantPower(double exponent) : Operation
{
    public double Exponent { get; } = double.IsFinite(exponent) ? exponent
        : throw new ArgumentOutOfRangeException(nameof(exponent), exponent, "the exponent of a power is finite");

    public override string Name => "constant-power";

    public override string Symbol => Exponent == -1 ? "1/x" : "^" + Exponent.ToString("G4", CultureInfo.InvariantCulture);

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var x = context.Input(0);
        var y = context.Output;
        for (var i = 0; i < y.Length; i++) y[i] = Powers.Of(x[i], Exponent);
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var g = context.OutputGradient;
        var x = context.Input(0);
        var dx = context.InputGradient(0);
        for (var i = 0; i < dx.Length; i++) dx[i] = g[i] * Powers.Slope(x[i], Exponent);
    }
}
