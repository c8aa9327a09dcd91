namespace Distributed.Engine.Kernels;

/// <summary>The numbers that a convolution of images [C, H, W] to maps [O, P, Q] is made of.</summary>
/// <remarks><code>
/// group g reads channels [g·C/G, (g + 1)·C/G) and gives maps [g·O/G, (g + 1)·O/G); weights are [O, C/G, Y.Size, X.Size]
/// weight (ky, kx) meets the window's tap (ky, kx); with Flip, the mask turned by 180°, tap (Y.Size − 1 − ky, X.Size − 1 − kx)
/// </code></remarks>
/// <param name="Channels">C, a multiple of <paramref name="Groups"/>.</param>
/// <param name="Maps">O, a multiple of <paramref name="Groups"/>.</param>
/// <param name="Y">Along the rows.</param>
/// <param name="X">Along the columns.</param>
internal readonly record struct ConvolutionGeometry(int Channels, int Height, int Width, int Maps, Window Y, Window X, int Groups = 1,
    bool Flip = false)
{
    /// <summary>P.</summary>
    public int OutputHeight => Y.Outputs(Height);

    /// <summary>Q.</summary>
    public int OutputWidth => X.Outputs(Width);

    /// <summary>Places of the mask, P·Q.</summary>
    public int Positions => OutputHeight * OutputWidth;

    /// <summary>Pixels of a channel, H·W.</summary>
    public int Pixels => Height * Width;

    public int GroupChannels => Channels / Groups;

    public int GroupMaps => Maps / Groups;

    /// <summary>Weights of one channel of one map.</summary>
    public int Mask => Y.Size * X.Size;

    /// <summary>Weights of one map, C/G·Mask.</summary>
    public int MapWeights => GroupChannels * Mask;

    /// <summary>Rows from the window's first tap to the one that weight row <paramref name="ky"/> meets.</summary>
    public int TapY(int ky) => (Flip ? Y.Size - 1 - ky : ky) * Y.Dilation;

    /// <summary>Columns from the window's first tap to the one that weight column <paramref name="kx"/> meets.</summary>
    public int TapX(int kx) => (Flip ? X.Size - 1 - kx : kx) * X.Dilation;
}
