namespace Distributed.Engine.Filtering;

/// <summary>How much of the result is kept, for P pixels and a mask of K along one axis.</summary>
public enum OutputSize
{
    /// <summary>P + K − 1: wherever mask and picture overlap by at least one pixel.</summary>
    Full,

    /// <summary>P: the middle of the full result; its first pixel is the full result's pixel ⌊(K − 1) / 2⌋.</summary>
    Same,

    /// <summary>P − K + 1: where the mask lies inside the picture, so that padding is never read. Wants K ≤ P.</summary>
    Valid,
}
