using System.Numerics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Local contrast normalization: what stands out from its surroundings, measured by how much the surroundings vary.</summary>
/// <remarks><code>
/// subtractive   v_c = x_c − S(x̄)                  x̄ = mean over the maps c; within one map x̄ = x_c
/// divisive      y_c = v_c / max(ε, σ)             σ = √S(mean over the maps of v²)
/// S             the weighted mean around a pixel, Gaussian or box (see <see cref="LocalMean"/>), so a constant image gives 0,
///               at the border too
/// backward      a = −Σ_c g_c·v_c / (2σ³) where σ > ε, else 0 · ∂H/∂v_c = g_c / max(ε, σ) + (2 / C)·v_c·Sᵀ(a)
///               ∂H/∂x_c = ∂H/∂v_c − Sᵀ(mean over the maps of ∂H/∂v)
/// shapes        [B, C, H, W] or [C, H, W] → the same
/// saves         v and σ
/// stability     ε keeps flat places from being blown up
/// order         means over maps in index order from +0, then divided; S as it is defined
/// </code>
/// Source: Jarrett, Kavukcuoglu, Ranzato, LeCun: What is the Best Multi-Stage Architecture for Object Recognition? (2009), with
/// ε in place of the mean of σ.</remarks>
/// <param name="size">Pixels along each side of the window; odd.</param>
/// <param name="gaussian">A Gaussian window of standard deviation size / 4; else a box.</param>
/// <param name="acrossMaps">One mean and one σ for all maps together; else each map its own.</param>
/// <param name="epsilon">ε, above 0.</param>
public sealed class LocalContrast(int size, bool gaussian = true, bool subtractive = true, bool divisive = true, bool acrossMaps = true,
    float epsilon = 1e-4f) : Operation
{
    private readonly int _size = size >= 1 && size % 2 == 1 ? size
        : throw new ArgumentOutOfRangeException(nameof(size), size, "the window of a local contrast is odd and at least 1");

    private readonly float _epsilon = epsilon > 0 ? epsilon
        : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "the ε of a local contrast is above 0");

    private LocalMean? _mean;

    /// <summary>Whether the local mean is subtracted.</summary>
    public bool Subtractive => subtractive;

    /// <summary>Whether it is divided by the local deviation.</summary>
    public bool Divisive => divisive;

    /// <summary>One mean and one σ for all maps together; else each map its own.</summary>
    public bool AcrossMaps => acrossMaps;

    public float Epsilon => _epsilon;

    /// <summary>S of a plane as two matrices: S(x) = rows·x·columnsᵀ, with rows [height, height] and columns [width, width], row-major.</summary>
    public (float[] Rows, float[] Columns) Means(int height, int width) => NewMean(height, width).Matrices();

    public override string Name => "local-contrast";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        var shape = ShapeRules.Same(this, inputs);
        ImageRules.Image(Name, shape);
        return shape;
    }

    public override int SavedElements(ReadOnlySpan<Shape> inputs, int samples) => !divisive ? 0
        : inputs[0].Elements(samples) + (inputs[0].Elements(samples) / (acrossMaps ? inputs[0].Sample[0] : 1));

    /// <summary>Two planes.</summary>
    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => 2 * inputs[0].Sample[1] * inputs[0].Sample[2];

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var (mean, pixels, maps) = Parts(context.InputShape(0).Sample);
        var x = context.Input(0);
        var y = context.Output;
        var plane = context.Scratch[..pixels];
        var between = context.Scratch.Slice(pixels, pixels);
        for (var (first, sigmas) = (0, x.Length); first < x.Length; first += maps * pixels, sigmas += pixels)
        {
            var own = y.Slice(first, maps * pixels);
            x.Slice(first, own.Length).CopyTo(own);
            if (subtractive)
            {
                Mean<T, PlainTerm>(own, plane);
                mean.Forward(plane, between, plane);
                for (var i = 0; i < own.Length; i++) own[i] -= plane[i % pixels];
            }
            if (!divisive) continue;
            own.CopyTo(context.Saved[first..]);
            Mean<T, SquareTerm>(own, plane);
            var sigma = context.Saved.Slice(sigmas, pixels);
            mean.Forward(plane, between, sigma);
            for (var i = 0; i < pixels; i++) sigma[i] = T.Sqrt(sigma[i]);
            for (var i = 0; i < own.Length; i++) own[i] /= T.Max(T.CreateTruncating(_epsilon), sigma[i % pixels]);
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var (mean, pixels, maps) = Parts(context.InputShape(0).Sample);
        var dx = context.InputGradient(0);
        context.OutputGradient.CopyTo(dx);
        var plane = context.Scratch[..pixels];
        var between = context.Scratch.Slice(pixels, pixels);
        for (var (first, sigmas) = (0, dx.Length); first < dx.Length; first += maps * pixels, sigmas += pixels)
        {
            var own = dx.Slice(first, maps * pixels);
            if (divisive)
                DivideBackward(own, context.Saved.Slice(first, own.Length), context.Saved.Slice(sigmas, pixels), mean, plane, between);
            if (!subtractive) continue;
            Mean<T, PlainTerm>(own, plane);
            mean.Adjoint(plane, between, plane);
            for (var i = 0; i < own.Length; i++) own[i] -= plane[i % pixels];
        }
    }

    /// <summary>Turns ∂H/∂y into ∂H/∂v.</summary>
    private void DivideBackward<T>(Span<T> g, ReadOnlySpan<T> v, ReadOnlySpan<T> sigma, LocalMean mean, Span<T> plane, Span<T> between)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (epsilon, two) = (T.CreateTruncating(_epsilon), T.One + T.One);
        plane.Clear();
        for (var i = 0; i < g.Length; i++) plane[i % plane.Length] = T.FusedMultiplyAdd(g[i], v[i], plane[i % plane.Length]);
        for (var i = 0; i < plane.Length; i++)
            plane[i] = sigma[i] > epsilon ? -plane[i] / (two * sigma[i] * sigma[i] * sigma[i]) : T.Zero;
        mean.Adjoint(plane, between, plane);
        var share = two / T.CreateTruncating(g.Length / plane.Length);
        for (var i = 0; i < g.Length; i++)
        {
            var at = i % plane.Length;
            g[i] = T.FusedMultiplyAdd(share * v[i], plane[at], g[i] / T.Max(epsilon, sigma[at]));
        }
    }

    /// <summary>The mean over maps, of the pixels or of their squares.</summary>
    private static void Mean<T, TTerm>(ReadOnlySpan<T> maps, Span<T> plane) where T : unmanaged, IFloatingPointIeee754<T>
        where TTerm : IWindowTerm
    {
        plane.Clear();
        for (var i = 0; i < maps.Length; i++) plane[i % plane.Length] = TTerm.Add(plane[i % plane.Length], maps[i]);
        var count = T.CreateTruncating(maps.Length / plane.Length);
        foreach (ref var pixel in plane) pixel /= count;
    }

    /// <summary>S for this size of image, its pixels, and how many maps share a mean.</summary>
    private (LocalMean Mean, int Pixels, int Maps) Parts(Shape sample)
    {
        var mean = _mean;
        if (mean?.Height != sample[1] || mean.Width != sample[2])
            _mean = mean = NewMean(sample[1], sample[2]);
        return (mean, sample[1] * sample[2], acrossMaps ? sample[0] : 1);
    }

    private LocalMean NewMean(int height, int width) => new(_size, gaussian ? _size / 4.0 : 0, height, width);
}
