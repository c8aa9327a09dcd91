using System.Collections.Immutable;

namespace Distributed.Engine.Kernels;

/// <summary>Where the blocked kernels read: every operand of a convolution is a matrix with element (r, l) at row[r] + lane[l] of a
/// padded image.</summary>
/// <remarks>Made once for a shape and shared by all passes. Offsets are in elements, within one group's planes of one sample.</remarks>
internal sealed class ConvolutionTables
{
    public ConvolutionTables(ConvolutionGeometry shape)
    {
        Shape = shape;
        PaddedHeight = shape.Height + shape.Y.Before + shape.Y.After;
        PaddedWidth = shape.Width + shape.X.Before + shape.X.After;

        var corners = new int[shape.Positions];
        for (var p = 0; p < corners.Length; p++)
        {
            var (y, x) = Math.DivRem(p, shape.OutputWidth);
            corners[p] = (y * shape.Y.Stride * PaddedWidth) + (x * shape.X.Stride);
        }
        Corners = corners;
        MixedCorners = [.. corners.Select(corner => corner * shape.GroupChannels)];

        var (taps, weights) = (new int[shape.MapWeights], new int[shape.MapWeights]);
        for (var i = 0; i < taps.Length; i++)
        {
            var (c, tap) = Math.DivRem(i, shape.Mask);
            var (ky, kx) = Math.DivRem(tap, shape.X.Size);
            taps[i] = (c * PaddedHeight * PaddedWidth) + (shape.TapY(ky) * PaddedWidth) + shape.TapX(kx);
            weights[i] = i;
        }
        Taps = taps;
        MixedTaps = new int[taps.Length];
        for (var i = 0; i < taps.Length; i++)
        {
            var (c, place) = Math.DivRem(taps[i], PaddedHeight * PaddedWidth);
            MixedTaps[i] = (place * shape.GroupChannels) + c;
        }
        Array.Sort(MixedTaps, weights);
        MixedWeights = weights;

        MapMarginY = (shape.Y.Span - 1) / shape.Y.Stride;
        MapMarginX = (shape.X.Span - 1) / shape.X.Stride;
        MapHeight = MapMarginY + Math.Max(shape.OutputHeight, ((shape.Height - 1 + shape.Y.Before) / shape.Y.Stride) + 1);
        MapWidth = MapMarginX + Math.Max(shape.OutputWidth, ((shape.Width - 1 + shape.X.Before) / shape.X.Stride) + 1);
        Phases = [.. FindPhases()];
        LargestPhase = Phases.Max(phase => phase.Pixels.Length);
    }

    public ConvolutionGeometry Shape { get; }

    /// <summary>Of a channel with its padding.</summary>
    public int PaddedHeight { get; }

    public int PaddedWidth { get; }

    /// <summary>By position: the window's first tap in a padded channel.</summary>
    public int[] Corners { get; }

    /// <summary>By weight of a map, in its order: from the window's first tap to the pixel it meets, channel planes one after another.</summary>
    public int[] Taps { get; }

    /// <summary><see cref="Corners"/> of the padded image [y, x, channel of the group].</summary>
    public int[] MixedCorners { get; }

    /// <summary>The taps in the image [y, x, channel of the group], rising: neighbours mostly lie side by side.</summary>
    public int[] MixedTaps { get; }

    /// <summary>By index in <see cref="MixedTaps"/>: which weight of the map meets it.</summary>
    public int[] MixedWeights { get; }

    /// <summary>Of an output map with room for taps that fall outside it; position (y, x) lies at (y + MarginY, x + MarginX).</summary>
    public int MapHeight { get; }

    public int MapWidth { get; }

    public int MapMarginY { get; }

    public int MapMarginX { get; }

    /// <summary>Pixels by the remainder of their place by the stride: each such phase meets weights of its own.</summary>
    public ImmutableArray<Phase> Phases { get; }

    /// <summary>Pixels of the largest phase.</summary>
    public int LargestPhase { get; }

    private IEnumerable<Phase> FindPhases()
    {
        for (var phaseY = 0; phaseY < Shape.Y.Stride; phaseY++)
        {
            for (var phaseX = 0; phaseX < Shape.X.Stride; phaseX++)
            {
                var (places, pixels) = PixelsOf(phaseY, phaseX);
                if (pixels.Count == 0) continue;
                var (taps, weights) = TapsOf(phaseY, phaseX);
                yield return new Phase([.. taps], [.. weights], [.. places], [.. pixels]);
            }
        }
    }

    private (List<int> Places, List<int> Pixels) PixelsOf(int phaseY, int phaseX)
    {
        var (places, pixels) = (new List<int>(), new List<int>());
        for (var y = 0; y < Shape.Height; y++)
        {
            var (placeY, restY) = Math.DivRem(y + Shape.Y.Before, Shape.Y.Stride);
            if (restY != phaseY) continue;
            for (var x = 0; x < Shape.Width; x++)
            {
                var (placeX, restX) = Math.DivRem(x + Shape.X.Before, Shape.X.Stride);
                if (restX != phaseX) continue;
                places.Add(((placeY + MapMarginY) * MapWidth) + placeX + MapMarginX);
                pixels.Add((y * Shape.Width) + x);
            }
        }
        return (places, pixels);
    }

    private (List<int> Taps, List<int> Weights) TapsOf(int phaseY, int phaseX)
    {
        var (taps, weights) = (new List<int>(), new List<int>());
        for (var o = 0; o < Shape.GroupMaps; o++)
        {
            for (var ky = 0; ky < Shape.Y.Size; ky++)
            {
                var (tapY, restY) = Math.DivRem(Shape.TapY(ky), Shape.Y.Stride);
                if (restY != phaseY) continue;
                for (var kx = 0; kx < Shape.X.Size; kx++)
                {
                    var (tapX, restX) = Math.DivRem(Shape.TapX(kx), Shape.X.Stride);
                    if (restX != phaseX) continue;
                    taps.Add((o * MapHeight * MapWidth) - (tapY * MapWidth) - tapX);
                    weights.Add((o * Shape.MapWeights) + (ky * Shape.X.Size) + kx);
                }
            }
        }
        return (taps, weights);
    }

    /// <summary>Pixels of one remainder by the stride, and the weights that meet them.</summary>
    /// <param name="Taps">By weight, over (map of the group, ky, kx): from <paramref name="Places"/> to the output it came from.</param>
    /// <param name="Weights">By weight: its index among the group's, for channel 0.</param>
    /// <param name="Places">By pixel: its place in a map with margins.</param>
    /// <param name="Pixels">By pixel: its index in the channel.</param>
    public sealed record Phase(int[] Taps, int[] Weights, int[] Places, int[] Pixels);
}
