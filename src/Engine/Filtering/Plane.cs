namespace Distributed.Engine.Filtering;

/// <summary>One channel of a picture as numbers: what filters read and write. Rows from the top, values of a row from the left.</summary>
/// <param name="Values">height · width numbers; kept.</param>
public sealed record Plane(int Width, int Height, double[] Values)
{
    public double[] Values { get; } = Width >= 1 && Height >= 1 && Values.Length == (long)Width * Height
        ? Values
        : throw new ArgumentException($"a plane of {Width} x {Height} has {(long)Width * Height} values, got {Values.Length}", nameof(Values));

    public double this[int y, int x] => Values[y * Width + x];

    /// <summary>From rows of equal length.</summary>
    public static Plane Of(double[,] rows) => new(rows.GetLength(1), rows.GetLength(0), [.. rows.Cast<double>()]);
}
