using Distributed.Engine.Kernels;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data;

/// <summary>Handwritten-like digits, drawn anew for each sample: images of 28 by 28 in ten classes, with nothing to download.</summary>
/// <remarks>
/// A sample takes one of the ways to write its digit (<see cref="GlyphStrokes"/>), moves each control point a little, turns, shears,
/// stretches and shifts the whole, and draws it with a pen of some width and darkness; then normal noise is laid over the pixels.
/// With <c>distortion</c> δ:
/// <code>
/// control points   ± 0.45·δ·gaussian in a box of 10 x 14
/// size             1.4·(1 ± 0.25·δ) pixels a unit across and down, each on its own
/// shear, turn      x + 0.3·δ·u·y, then 0.25·δ·u radians          u uniform in [−1, 1)
/// shift            ± 3·δ pixels across and down
/// pen              half width 1.3·(1 ± 0.4·δ) pixels; ink 1 − 0.35·δ·[0, 1)
/// pixel            round(255·clamp(ink + noise·gaussian, 0, 1))
/// </code>
/// Sample i is drawn from its own stream of random numbers, so a smaller set is the beginning of a larger one.
/// </remarks>
public static class Glyphs
{
    public const int Side = 28, Classes = 10;

    /// <summary>More would leave nothing to be read.</summary>
    public const float MaxDistortion = 2;

    /// <summary>Samples of a set at most: all of them are held in one array.</summary>
    public const int MaxCount = 1 << 21;

    private const int Pixels = Side * Side;
    private const int CurveSteps = 6;
    private const double BoxX = 5, BoxY = 7; // half the box that strokes are drawn in

    /// <param name="count">Samples, at least 1; sample i shows digit i mod 10.</param>
    /// <param name="noise">Standard deviation of what is added to each pixel, on the scale of 0 (paper) to 1 (ink); 0 to 1.</param>
    /// <param name="distortion">δ, from 0 (every digit of a way alike) to <see cref="MaxDistortion"/>.</param>
    /// <param name="part">Sets of one seed with different parts (0 for training, 1 for test) have different samples.</param>
    /// <returns>Samples of shape [1, 28, 28] in bytes, not scaled: 0 is paper, 255 is ink.</returns>
    public static ByteImageDataSet Generate(int count, float noise, float distortion, ulong seed, int part = 0)
    {
        if (count is < 1 or > MaxCount) throw new DataException($"glyphs: 1 to {MaxCount} samples are wanted, got {count}");
        if (noise is not (>= 0 and <= 1)) throw new DataException($"glyphs: noise is 0 to 1, got {noise}");
        if (distortion is not (>= 0 and <= MaxDistortion))
            throw new DataException($"glyphs: distortion is 0 to {MaxDistortion}, got {distortion}");
        var pixels = new byte[count * Pixels];
        var labels = new int[count];
        var painter = new StrokePainter(Side, Side);
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % Classes;
            var random = new RandomStream(seed, RandomPurpose.Data, (uint)i, (uint)part);
            Draw(labels[i], noise, distortion, ref random, painter, pixels.AsSpan(i * Pixels, Pixels));
        }
        return new ByteImageDataSet(pixels, labels, new Shape(1, Side, Side), Classes);
    }

    private static void Draw(int digit, double noise, double distortion, ref RandomStream random, StrokePainter painter,
        Span<byte> pixels)
    {
        var ways = GlyphStrokes.Digits[digit];
        var strokes = ways[random.NextInt(ways.Length)];
        var place = Placement.Draw(distortion, ref random);
        var pen = 1.3 * (1 + 0.4 * distortion * Symmetric(ref random));
        var darkness = 1 - 0.35 * distortion * random.NextDouble();
        painter.Clear();
        foreach (var stroke in strokes) Draw(stroke, place, 0.45 * distortion, pen + 1, ref random, painter);
        for (var p = 0; p < pixels.Length; p++)
        {
            var ink = darkness * painter.Ink(p, pen);
            if (noise > 0) ink += noise * random.NextGaussian();
            pixels[p] = (byte)Math.Round(255 * Math.Clamp(ink, 0, 1));
        }
    }

    private static void Draw(GlyphStroke stroke, Placement place, double jitter, double reach, ref RandomStream random,
        StrokePainter painter)
    {
        Span<double> x = stackalloc double[stroke.Count], y = stackalloc double[stroke.Count];
        for (var i = 0; i < stroke.Count; i++)
            (x[i], y[i]) = place.Of(stroke.Points[2 * i] - BoxX + jitter * random.NextGaussian(),
                stroke.Points[2 * i + 1] - BoxY + jitter * random.NextGaussian());
        if (stroke.Closed) (x[^1], y[^1]) = (x[0], y[0]);
        for (var i = 1; i < stroke.Count; i++)
        {
            if (!stroke.Smooth)
            {
                painter.Segment(x[i - 1], y[i - 1], x[i], y[i], reach);
                continue;
            }
            var last = stroke.Count - 1;
            var before = i > 1 ? i - 2 : stroke.Closed ? last - 1 : 0;
            var after = i < last ? i + 1 : stroke.Closed ? 1 : last;
            var (fromX, fromY) = (x[i - 1], y[i - 1]);
            for (var step = 1; step <= CurveSteps; step++)
            {
                var t = (double)step / CurveSteps;
                var toX = StrokePainter.Curve(x[before], x[i - 1], x[i], x[after], t);
                var toY = StrokePainter.Curve(y[before], y[i - 1], y[i], y[after], t);
                painter.Segment(fromX, fromY, toX, toY, reach);
                (fromX, fromY) = (toX, toY);
            }
        }
    }

    /// <summary>Uniform in [−1, 1).</summary>
    private static double Symmetric(ref RandomStream random) => 2 * random.NextDouble() - 1;

    /// <summary>From the box's centre to pixels: an affine map.</summary>
    private readonly record struct Placement(double XX, double XY, double YX, double YY, double X, double Y)
    {
        public static Placement Draw(double distortion, ref RandomStream random)
        {
            var across = 1.4 * (1 + 0.25 * distortion * Symmetric(ref random));
            var down = 1.4 * (1 + 0.25 * distortion * Symmetric(ref random));
            var shear = 0.3 * distortion * Symmetric(ref random);
            var turn = 0.25 * distortion * Symmetric(ref random);
            var (cos, sin) = (PortableMath.Cos(turn), PortableMath.Sin(turn));
            var shiftX = 3 * distortion * Symmetric(ref random);
            var shiftY = 3 * distortion * Symmetric(ref random);
            return new Placement(cos * across, (cos * shear - sin) * down, sin * across, (sin * shear + cos) * down,
                Side / 2.0 + shiftX, Side / 2.0 + shiftY);
        }

        public (double X, double Y) Of(double x, double y) => (X + XX * x + XY * y, Y + YX * x + YY * y);
    }
}
