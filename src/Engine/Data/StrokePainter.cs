namespace Distributed.Engine.Data;

/// <summary>Paints strokes of a round pen on a small gray picture, with soft edges, by + − · / √ alone.</summary>
/// <remarks><code>
/// ink of a pixel = clamp(pen + ½ − d, 0, 1),  d the distance of its centre from the nearest point of any stroke, pen half the width
/// </code>
/// So an edge is blurred over one pixel, which is what a pixel's area sees of it. Pixel (0, 0) has its centre at (½, ½). Not
/// thread-safe.</remarks>
internal sealed class StrokePainter(int width, int height)
{
    private readonly double[] _squares = new double[width * height];

    public void Clear() => Array.Fill(_squares, double.PositiveInfinity);

    /// <summary>Notes the distance of every pixel within <paramref name="reach"/> of the segment a–b.</summary>
    public void Segment(double ax, double ay, double bx, double by, double reach)
    {
        var (left, right) = Range(Math.Min(ax, bx) - reach, Math.Max(ax, bx) + reach, width);
        var (top, bottom) = Range(Math.Min(ay, by) - reach, Math.Max(ay, by) + reach, height);
        var (dx, dy) = (bx - ax, by - ay);
        var length = dx * dx + dy * dy;
        for (var y = top; y < bottom; y++)
            for (var x = left; x < right; x++)
            {
                var (px, py) = (x + 0.5 - ax, y + 0.5 - ay);
                var along = length == 0 ? 0 : Math.Clamp((px * dx + py * dy) / length, 0, 1);
                var (ex, ey) = (px - along * dx, py - along * dy);
                ref var square = ref _squares[y * width + x];
                square = Math.Min(square, ex * ex + ey * ey);
            }
    }

    /// <summary>A curve through control points 1 and 2, bent by their neighbours 0 and 3: uniform Catmull-Rom.</summary>
    /// <returns>½·(2·p1 + (p2 − p0)·t + (2·p0 − 5·p1 + 4·p2 − p3)·t² + (3·p1 − p0 − 3·p2 + p3)·t³), t from 0 to 1.</returns>
    public static double Curve(double p0, double p1, double p2, double p3, double t) =>
        0.5 * (2 * p1 + t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * p1 - p0 - 3 * p2 + p3))));

    /// <summary>0 (paper) to 1 (ink).</summary>
    public double Ink(int pixel, double pen) => Math.Clamp(pen + 0.5 - Math.Sqrt(_squares[pixel]), 0, 1);

    /// <summary>Pixels whose centres may lie between two coordinates.</summary>
    private static (int First, int End) Range(double low, double high, int size) =>
        ((int)Math.Clamp(Math.Floor(low), 0, size), (int)Math.Clamp(Math.Ceiling(high), 0, size));
}
