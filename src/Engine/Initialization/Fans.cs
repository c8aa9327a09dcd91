namespace Distributed.Engine.Initialization;

/// <summary>How many inputs feed an output of a parameter, and how many outputs an input feeds.</summary>
/// <remarks><code>
/// shape [out, in]          In = in           Out = out
/// shape [out, in, k1, …]   In = in·k1·…      Out = out·k1·…
/// shape [out]              In = 1            Out = out
/// </code></remarks>
public readonly record struct Fans(long In, long Out)
{
    public static Fans Of(Shape shape)
    {
        long fanIn = 1, field = 1;
        for (var i = 1; i < shape.Rank; i++)
        {
            fanIn *= shape[i];
            if (i > 1) field *= shape[i];
        }
        return new Fans(fanIn, shape.Rank == 0 ? 1 : shape[0] * field);
    }
}
