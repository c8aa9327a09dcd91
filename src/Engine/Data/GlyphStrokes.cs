namespace Distributed.Engine.Data;

/// <summary>One stroke of the pen: through its points in turn, straight or as a smooth curve.</summary>
/// <param name="Points">x, y, x, y, …; x from 0 (left) to 10, y from 0 (top) to 14.</param>
internal sealed record GlyphStroke(bool Smooth, double[] Points)
{
    public int Count => Points.Length / 2;

    /// <summary>A curve that ends where it begins is smooth there, too.</summary>
    public bool Closed => Smooth && Points[0] == Points[^2] && Points[1] == Points[^1];
}

/// <summary>How the ten digits are drawn: each in some of the ways in which people write it.</summary>
internal static class GlyphStrokes
{
    /// <summary>[digit][way][stroke].</summary>
    public static GlyphStroke[][][] Digits { get; } =
    [
        [
            [Curve(5, 0, 8.2, 2, 9.5, 7, 8.2, 12, 5, 14, 1.8, 12, 0.5, 7, 1.8, 2, 5, 0)],
            [Curve(6.5, 0.5, 9, 4, 8.5, 9.5, 5.5, 13.8, 2, 12.5, 1, 8, 2.5, 3, 6.5, 0.5)],
        ],
        [
            [Line(5, 0, 5, 14)],
            [Line(2.5, 3, 5, 0, 5, 14)],
            [Line(2, 3, 5, 0, 5, 14), Line(2, 14, 8, 14)],
        ],
        [
            [Curve(1, 3, 3, 0.5, 6.5, 0.3, 8.8, 3, 7.5, 7, 4, 10.5, 1, 14), Line(1, 14, 9.5, 14)],
            [Curve(1.2, 2.5, 4, 0.2, 8, 1, 8.5, 4.5, 5.5, 9.5, 2.5, 13, 1.2, 12.6, 2.5, 11.4, 5.5, 13, 9.5, 13.2)],
        ],
        [
            [Curve(1, 2, 4, 0, 8, 1.5, 7.8, 5, 4.2, 6.7), Curve(4.2, 6.7, 8.4, 8, 9, 11.5, 5, 14, 1, 12.3)],
            [Line(1.2, 0.4, 8.6, 0.4, 4.4, 5.6), Curve(4.4, 5.6, 8.4, 7.5, 8.8, 11, 5, 14, 1, 12.6)],
        ],
        [
            [Line(7, 14, 7, 0, 0.5, 9.5, 9.5, 9.5)],
            [Line(2.2, 0, 1.2, 8.2, 9.4, 8.2), Line(7.4, 2.5, 7, 14)],
            [Line(5.4, 0, 0.8, 9, 9.4, 9), Line(7, 5, 6.6, 14)],
        ],
        [
            [Line(8.6, 0, 2, 0, 1.5, 6), Curve(1.5, 6, 5, 4.8, 8.8, 7, 8.8, 11.5, 5, 14, 1, 12.6)],
            [Curve(8.8, 0.4, 5.5, 0.6, 2.6, 0.6), Line(2.6, 0.6, 2.2, 5.8), Curve(2.2, 5.8, 6.5, 6, 8.6, 9, 7, 13, 1.4, 13.4)],
        ],
        [
            [Curve(8, 0.5, 4, 3, 1.3, 8, 2, 12.4, 5, 14, 8.4, 12, 8.2, 8.6, 5, 7, 1.9, 9.4)],
            [Curve(5.6, 0, 2.6, 5, 1.5, 10.5, 3.5, 13.8, 7.4, 13, 8.2, 9.8, 5.5, 8.2, 2.2, 10.6)],
        ],
        [
            [Line(1, 0.4, 9, 0.4, 4, 14)],
            [Line(1, 0.4, 8.8, 0.4, 4.2, 14), Line(3.2, 7, 8.6, 7)],
            [Line(1, 1.6, 1.2, 0.4, 8.8, 0.4), Curve(8.8, 0.4, 6.6, 5, 5, 9.5, 4.4, 14)],
        ],
        [
            [
                Curve(5, 0, 8, 1.4, 8, 5, 5, 6.6, 2, 5, 2, 1.4, 5, 0),
                Curve(5, 6.6, 8.8, 8.4, 8.8, 12, 5, 14, 1.2, 12, 1.2, 8.4, 5, 6.6),
            ],
            [Curve(8, 1.8, 5, 0, 2, 1.8, 3, 5, 7, 8.4, 8.6, 11.6, 5, 14, 1.4, 11.6, 3, 8.4, 7, 5, 8, 1.8)],
        ],
        [
            [Curve(8.5, 4, 7.5, 1, 4.5, 0, 1.6, 2, 1.6, 5.5, 4.5, 7.4, 7.5, 6.4, 8.5, 4), Line(8.5, 2.5, 8, 14)],
            [Curve(8.4, 3.5, 5.5, 0, 1.8, 2, 2, 6, 5, 7.4, 8, 5.4, 8.4, 3.5), Curve(8.4, 3.5, 8.6, 8, 7, 12.4, 2.4, 14)],
        ],
    ];

    private static GlyphStroke Curve(params double[] points) => new(true, points);

    private static GlyphStroke Line(params double[] points) => new(false, points);
}
