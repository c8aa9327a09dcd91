namespace Distributed.Engine.Filtering.Masks;

/// <summary>The sum of second derivatives, ∂²p/∂x² + ∂²p/∂y², by differences to the four neighbours.</summary>
public static class Laplacian
{
    public static Mask Mask { get; } = new("laplacian", Plane.Of(new double[,] { { 0, 1, 0 }, { 1, -4, 1 }, { 0, 1, 0 } }));
}
