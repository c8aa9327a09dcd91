using Distributed.Engine.Kernels;
using Distributed.Engine.Training;

namespace Distributed.Engine.Optimizers;

/// <summary>How far to go along the gradient.</summary>
public enum LineSearch
{
    /// <summary>Backtracking: shorter and shorter trials until one brings enough.</summary>
    Armijo,

    /// <summary>To the minimum along the line, which one trial tells where the loss is a quadratic.</summary>
    Exact,
}

/// <summary>Steepest descent on the loss of all training samples, with a line search whose evaluations are ordinary steps.</summary>
/// <remarks>
/// A step evaluates f (mean loss and penalty) and ∇f at the weights it is given: over workers like any step, no message is added.
/// With base b, direction d = ∇f(b), f₀ = f(b), S = ‖d‖², and φ(α) = f(b − α·d), so φ'(0) = −S:
/// <code>
/// first    b ← w; next = b − α·d, a trial, with α = Rate
/// armijo   at a trial  f(w) ≤ f₀ − c·α·S: b ← w with its gradient at hand, α ← Growth·α
///                      else, or where f(w) is no finite number: α ← Shrink·α
///                      next = b − α·d, a trial
/// exact    at a trial  φ'(α) = −∇f(w)·d;  α* = α·S / (S + φ'(α)), where φ' is 0 if it is a straight line;  next = b − α*·d, α ← α*
///                      f(w) no finite number: α ← α/2 and another trial; φ' not rising: α ← 2·α and another trial
///          arrived     f(w) ≤ f₀: b ← w; next = b − α·d, a trial; else (no quadratic) α ← α/2 and another trial from the old b
/// </code>
/// On the run's last step next is b, the best point seen; after an exact trial b − α*·d. α is at most 10³⁰. Dot products run over the
/// trained slices in layout order, each in the fixed order of <see cref="Reductions.Dot"/>; α is kept in double precision, next is
/// fma(−α, d, b) with α rounded once. Kept: two vectors (b, d) and five numbers.
/// Nocedal, Wright: Numerical optimization (2006), 3.1 and 3.3.
/// </remarks>
/// <param name="Search">Exact only finds the minimum where f is a quadratic of the weights (squared loss of a linear model); elsewhere
/// it takes one secant step of φ'.</param>
/// <param name="Rate">α of the first trial, finite, above 0.</param>
/// <param name="Decrease">c of armijo, 0 ≤ c &lt; 1: the share of the slope's promise that must come true.</param>
/// <param name="Shrink">Of armijo, above 0 and below 1.</param>
/// <param name="Growth">Of armijo, finite, at least 1.</param>
public sealed record SteepestDescent(LineSearch Search = LineSearch.Armijo, float Rate = 1, float Decrease = 1e-4f, float Shrink = 0.5f,
    float Growth = 2) : Optimizer
{
    private const int Base = 0, Direction = 1;
    private const int Phase = 0, BaseLoss = 1, Squares = 2, Alpha = 3, Move = 4;
    private const double First = 0, AtTrial = 1, Arrived = 2;
    private const double MaxAlpha = 1e30;

    private static readonly string[] Vectors = ["base", "direction"], Numbers = ["phase", "base_loss", "squares", "alpha", "move"];

    public float Rate { get; } = Setting.Positive(Rate, "the first trial's step");

    public float Decrease { get; } = Setting.Share(Decrease, "the wanted share of the decrease");

    public float Shrink { get; } = Shrink is > 0 and < 1 ? Shrink
        : throw new ArgumentOutOfRangeException(nameof(Shrink), Shrink, "shrink is above 0 and below 1");

    public float Growth { get; } = float.IsFinite(Growth) && Growth >= 1 ? Growth
        : throw new ArgumentOutOfRangeException(nameof(Growth), Growth, "growth is a finite number, at least 1");

    public override IReadOnlyList<string> StateNames => Vectors;

    /// <summary>"phase" of the weights: 0 the first, 1 a trial, 2 arrived at α*; "base_loss": f₀; "squares": S; "alpha": 0 before the first;
    /// "move": how far the step in progress goes from b.</summary>
    public override IReadOnlyList<string> ScalarNames => Numbers;

    public override bool NeedsWholeStep => true;

    public override bool NeedsFullBatch => true;

    /// <summary>From a base with a finite loss the way is made shorter; at the first weights nothing better is known.</summary>
    public override bool ToleratesInfiniteLoss(OptimizerState state) => state.Scalars[Phase] != First;

    public override void Begin(in WholeStep step, OptimizerState state)
    {
        var s = state.Scalars;
        if (s[Alpha] == 0) s[Alpha] = Rate;
        if (s[Phase] == First) Settle(step, state);
        else if (Search == LineSearch.Armijo) Judge(step, state);
        else if (s[Phase] == AtTrial) Interpolate(step, state);
        else Arrive(step, state);
        if (step.Step.IsLast && s[Phase] == AtTrial) s[Move] = 0;
    }

    public override void Update(in UpdateStep step, int offset, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights,
        Span<float> next, OptimizerState state)
    {
        var from = state[Base].Span.Slice(offset, next.Length);
        var direction = state[Direction].Span.Slice(offset, next.Length);
        if (state.Scalars[Move] == 0) from.CopyTo(next);
        else Elementwise.AddScaled<float>(from, direction, (float)-state.Scalars[Move], next);
    }

    /// <summary>The weights become the base, and the next point is a trial from there.</summary>
    private static void Settle(in WholeStep step, OptimizerState state)
    {
        var s = state.Scalars;
        step.Weights.CopyTo(state[Base].Span);
        step.Gradient.CopyTo(state[Direction].Span);
        (s[BaseLoss], s[Squares]) = (step.Loss, Dot(step, step.Gradient));
        if (IsFinite(step)) Try(s[Alpha], s);
        else (s[Move], s[Phase]) = (0, First); // only at the first weights: the run ends with the sentence for such a loss
    }

    /// <summary>Armijo's rule.</summary>
    private void Judge(in WholeStep step, OptimizerState state)
    {
        var s = state.Scalars;
        if (step.Loss <= s[BaseLoss] - (Decrease * s[Alpha] * s[Squares]) && IsFinite(step))
        {
            s[Alpha] = Math.Min(s[Alpha] * Growth, MaxAlpha);
            Settle(step, state);
        }
        else
        {
            Try(s[Alpha] * Shrink, s);
        }
    }

    /// <summary>To the zero of φ', from its values at 0 and at the trial.</summary>
    private static void Interpolate(in WholeStep step, OptimizerState state)
    {
        var s = state.Scalars;
        var along = Dot(step, state[Direction].Span);
        if (!IsFinite(step) || !double.IsFinite(along)) Try(s[Alpha] / 2, s);
        else if (s[Squares] <= along) Try(s[Alpha] * 2, s);
        else (s[Move], s[Phase]) = (s[Alpha] = Math.Min(s[Alpha] * s[Squares] / (s[Squares] - along), MaxAlpha), Arrived);
    }

    private static void Arrive(in WholeStep step, OptimizerState state)
    {
        var s = state.Scalars;
        if (step.Loss <= s[BaseLoss] && IsFinite(step)) Settle(step, state);
        else Try(s[Alpha] / 2, s);
    }

    private static void Try(double alpha, double[] s) =>
        (s[Alpha], s[Move], s[Phase]) = (Math.Min(alpha, MaxAlpha), Math.Min(alpha, MaxAlpha), AtTrial);

    private static bool IsFinite(in WholeStep step) => double.IsFinite(step.Loss) && double.IsFinite(Dot(step, step.Gradient));

    /// <summary>∇f·x over the trained slices.</summary>
    private static double Dot(in WholeStep step, ReadOnlySpan<float> x)
    {
        var sum = 0.0;
        foreach (var slice in step.Layout.Slices)
            if (slice.IsTrained)
                sum += Reductions.Dot(step.Gradient.Slice(slice.Offset, slice.Count), x.Slice(slice.Offset, slice.Count));
        return sum;
    }
}
