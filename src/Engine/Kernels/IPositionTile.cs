namespace Distributed.Engine.Kernels;

/// <summary>The innermost loop of a convolution whose lanes are maps: neighbouring positions of many maps, held in registers.</summary>
internal unsafe interface IPositionTile
{
    /// <summary>Positions of a row that are computed together.</summary>
    const int Positions = 14;

    /// <summary>Maps that go side by side.</summary>
    static abstract int Maps { get; }

    /// <summary>y[r, p, o] = chain over taps t of image[r·below + p + taps[t]]·weight[t, o], for rows r = 0 and 1.</summary>
    /// <param name="image">Where the window of the first position begins in a padded image.</param>
    /// <param name="below">Elements from the window of a position to that of the position below it.</param>
    /// <param name="weight">[count, Maps], on a 64-byte boundary.</param>
    /// <param name="y">[2, Positions, Maps], on a 64-byte boundary, written.</param>
    static abstract void Run(int* taps, int count, float* image, nint below, float* weight, float* y);
}
