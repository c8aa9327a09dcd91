namespace Distributed.Engine.Filtering;

/// <summary>What lies around a picture, as far as a mask reaches over its edge. For a row a b c d:</summary>
public enum Border
{
    /// <summary>0 0 0 | a b c d | 0 0 0.</summary>
    Zero,

    /// <summary>d c b | a b c d | c b a: mirrored at the last pixel's centre, as often as it takes.</summary>
    Reflect,

    /// <summary>a a a | a b c d | d d d.</summary>
    Edge,
}

internal static class BorderRules
{
    /// <summary>Where in 0..size−1 the value at <paramref name="i"/> comes from; −1: it is 0.</summary>
    public static int Source(this Border border, int i, int size)
    {
        if ((uint)i < (uint)size) return i;
        switch (border)
        {
            case Border.Zero:
                return -1;
            case Border.Edge:
                return i < 0 ? 0 : size - 1;
            case Border.Reflect:
                if (size == 1) return 0;
                var period = 2 * (size - 1);
                var phase = ((i % period) + period) % period;
                return phase < size ? phase : period - phase;
            default:
                throw new ArgumentOutOfRangeException(nameof(border), border, "no such border");
        }
    }
}
