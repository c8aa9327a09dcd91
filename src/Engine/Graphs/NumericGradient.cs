namespace Distributed.Engine.Graphs;

/// <summary>Gradients by finite differences, in double precision: what backward is checked against.</summary>
/// <remarks>
/// The step of coordinate i is h·max(1, |x_i|), rounded so that x_i + step is exact. Where f is smooth the error is about |f''|·h/2
/// one-sided and |f'''|·h²/6 central, plus rounding of about 1e-16·|f|/h.
/// </remarks>
public static class NumericGradient
{
    /// <summary>(f(x + h) − f(x)) / h for every coordinate.</summary>
    /// <param name="f">Called 1 + x.Length times.</param>
    /// <param name="x">Changed while it runs, back as it was at the end.</param>
    /// <param name="h">About √ε, 1e-8.</param>
    public static double[] OneSided(Func<double> f, Span<double> x, double h = 1e-8)
    {
        var here = f();
        var gradient = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            var old = x[i];
            x[i] = old + (h * Math.Max(1, Math.Abs(old)));
            gradient[i] = (f() - here) / (x[i] - old);
            x[i] = old;
        }
        return gradient;
    }

    /// <summary>(f(x + h) − f(x − h)) / 2h for every coordinate.</summary>
    /// <param name="f">Called 2·x.Length times.</param>
    /// <param name="x">Changed while it runs, back as it was at the end.</param>
    /// <param name="h">About ∛ε, 6e-6.</param>
    public static double[] Central(Func<double> f, Span<double> x, double h = 6e-6)
    {
        var gradient = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            var old = x[i];
            var step = h * Math.Max(1, Math.Abs(old));
            var (above, below) = (old + step, old - step);
            x[i] = above;
            var right = f();
            x[i] = below;
            gradient[i] = (right - f()) / (above - below);
            x[i] = old;
        }
        return gradient;
    }
}
