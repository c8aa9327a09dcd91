namespace Distributed.Engine.Kernels;

/// <summary>How a window slides along one axis of an image: a convolution's mask, a pooling's region.</summary>
/// <remarks><code>
/// tap t of output o lies at   o·Stride + t·Dilation − Before   and reads +0 outside 0..extent − 1
/// outputs                     ⌊(extent + Before + After − Span) / Stride⌋ + 1
/// </code></remarks>
/// <param name="Size">Taps, at least 1.</param>
/// <param name="Stride">From one output to the next, in elements of the input; at least 1.</param>
/// <param name="Dilation">From one tap to the next, in elements of the input; at least 1.</param>
/// <param name="Before">Padding in front of the first element; at least 0.</param>
/// <param name="After">Padding behind the last element; at least 0.</param>
public readonly record struct Window(int Size, int Stride = 1, int Dilation = 1, int Before = 0, int After = 0)
{
    public int Size { get; } = AtLeast(1, Size, nameof(Size));

    public int Stride { get; } = AtLeast(1, Stride, nameof(Stride));

    public int Dilation { get; } = AtLeast(1, Dilation, nameof(Dilation));

    public int Before { get; } = AtLeast(0, Before, nameof(Before));

    public int After { get; } = AtLeast(0, After, nameof(After));

    /// <summary>Elements from the first tap to the last, both included.</summary>
    public int Span => checked(((Size - 1) * Dilation) + 1);

    /// <summary>How many places the window has along <paramref name="extent"/> elements; 0: it does not fit.</summary>
    public int Outputs(int extent)
    {
        var room = (long)extent + Before + After - Span;
        return room < 0 ? 0 : checked((int)(room / Stride) + 1);
    }

    /// <summary>The elements that output <paramref name="output"/> sees among <paramref name="extent"/>, without dilation.</summary>
    public (int First, int End) Within(int output, int extent)
    {
        var first = (output * Stride) - Before;
        return (Math.Max(first, 0), Math.Min(first + Size, extent));
    }

    private static int AtLeast(int least, int value, string name) => value >= least ? value
        : throw new ArgumentOutOfRangeException(name, value, $"the {name.ToLowerInvariant()} of a window is at least {least}");
}
