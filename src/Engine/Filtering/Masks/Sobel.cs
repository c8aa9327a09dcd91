namespace Distributed.Engine.Filtering.Masks;

/// <summary>The slope of brightness along an axis, smoothed across it (Sobel and Feldman 1968).</summary>
/// <remarks>Written for convolution, which flips the mask: where brightness grows to the right (downwards), sobel-x (sobel-y) gives
/// numbers above 0, eight times the slope in values a pixel.</remarks>
public static class Sobel
{
    public static Mask X { get; } = new("sobel-x", Plane.Of(new double[,] { { 1, 0, -1 }, { 2, 0, -2 }, { 1, 0, -1 } }));

    public static Mask Y { get; } = new("sobel-y", Plane.Of(new double[,] { { 1, 2, 1 }, { 0, 0, 0 }, { -1, -2, -1 } }));
}
