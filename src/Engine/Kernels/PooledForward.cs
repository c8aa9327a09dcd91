using System.Runtime.CompilerServices;

namespace Distributed.Engine.Kernels;

/// <summary>The forward pass of <see cref="PooledConvolution"/>, maps side by side in the lanes.</summary>
/// <remarks><code>
/// for samples
///   copy the sample into an image with its padding
///   for blocks of maps, for rows of windows, for tiles of the two rows of the convolution under them
///     the tile, in registers; then its windows, in L1
///   turn [window, map] into [map, window]
/// </code></remarks>
internal static unsafe class PooledForward<L, V, TTile> where L : ILanes<V> where V : struct where TTile : struct, IPositionTile
{
    /// <summary>Windows of a tile.</summary>
    private const int Windows = IPositionTile.Positions / 2;

    private static int Lanes => Unsafe.SizeOf<V>() / sizeof(float);

    /// <summary>Operands as in <see cref="PooledConvolution.Forward"/>; <paramref name="bias"/> is null for none.</summary>
    public static void Run(ConvolutionTables tables, int samples, float* x, float* weight, float* bias, float* pooled, int* winners)
    {
        var shape = tables.Shape;
        var (taps, blocks) = (shape.MapWeights, (shape.Maps + TTile.Maps - 1) / TTile.Maps);
        var (rows, columns) = (shape.OutputHeight / 2, shape.OutputWidth / 2);
        var windows = rows * columns;
        var imageElements = (shape.Channels * tables.PaddedHeight * tables.PaddedWidth) + (2 * IPositionTile.Positions);

        var (sizeWeight, sizeBias, sizeImage, sizeBlock) = (GemmScratch.Aligned((long)blocks * taps * TTile.Maps),
            GemmScratch.Aligned((long)blocks * TTile.Maps), GemmScratch.Aligned(imageElements),
            GemmScratch.Aligned((long)windows * TTile.Maps));
        var packed = GemmScratch.Mine.Get(sizeWeight + sizeBias + sizeImage + (2 * sizeBlock) + (2 * IPositionTile.Positions * TTile.Maps));
        var biases = packed + sizeWeight;
        var image = biases + sizeBias;
        var values = image + sizeImage;
        var codes = values + sizeBlock;
        var tile = codes + sizeBlock;

        for (var block = 0; block < blocks; block++)
        {
            var first = block * TTile.Maps;
            GemmPacking.Pack(weight + ((nint)first * taps), taps, 1, Math.Min(TTile.Maps, shape.Maps - first), taps, TTile.Maps,
                packed + ((nint)first * taps));
        }
        for (var map = 0; map < blocks * TTile.Maps; map++) biases[map] = bias != null && map < shape.Maps ? bias[map] : 0f;
        new Span<float>(image, imageElements).Clear();

        fixed (int* offsets = tables.Taps)
        {
            for (var b = 0; b < samples; b++, x += (nint)shape.Channels * shape.Pixels)
            {
                ImageFrame.Fill(x, tables, image);
                for (var block = 0; block < blocks; block++)
                {
                    var first = block * TTile.Maps;
                    for (var row = 0; row < rows; row++)
                    {
                        for (var column = 0; column < columns; column += Windows)
                        {
                            TTile.Run(offsets, taps, image + (2 * row * tables.PaddedWidth) + (2 * column), tables.PaddedWidth,
                                packed + ((nint)first * taps), tile);
                            var at = ((row * columns) + column) * TTile.Maps;
                            Pool(tile, biases + first, Math.Min(Windows, columns - column), bias != null, values + at, codes + at);
                        }
                    }
                    var maps = Math.Min(TTile.Maps, shape.Maps - first);
                    Transposition.Copy(values, TTile.Maps, pooled, windows, windows, maps);
                    Transposition.Copy(codes, TTile.Maps, (float*)winners, windows, windows, maps);
                    pooled += (nint)maps * windows;
                    winners += (nint)maps * windows;
                }
            }
        }
    }

    /// <summary>Adds the bias, takes the largest of each window and cuts it at 0.</summary>
    /// <param name="tile">[2, Positions, Maps].</param>
    /// <param name="values">[count, Maps], written.</param>
    /// <param name="codes">[count, Maps], written: which of the four it is, as an integer, where it is above 0; else −1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pool(float* tile, float* bias, int count, bool biased, float* values, float* codes)
    {
        var lower = tile + (IPositionTile.Positions * TTile.Maps);
        for (var lane = 0; lane < TTile.Maps; lane += Lanes)
        {
            var beta = Unsafe.ReadUnaligned<V>(bias + lane);
            for (var window = 0; window < count; window++)
            {
                var place = (2 * window * TTile.Maps) + lane;
                var best = Output(tile + place, beta, biased);
                var winner = L.IntCreate(0);
                Challenge(Output(tile + place + TTile.Maps, beta, biased), 1, ref best, ref winner);
                Challenge(Output(lower + place, beta, biased), 2, ref best, ref winner);
                Challenge(Output(lower + place + TTile.Maps, beta, biased), 3, ref best, ref winner);
                var target = (window * TTile.Maps) + lane;
                Unsafe.WriteUnaligned(values + target, ReluOperator.Lanes<L, V>(best, best));
                Unsafe.WriteUnaligned(codes + target, L.Select(L.Greater(best, L.Create(0f)), winner, L.IntCreate(-1)));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Output(float* chain, V bias, bool biased)
    {
        var sum = Unsafe.ReadUnaligned<V>(chain);
        return biased ? L.Add(sum, bias) : sum;
    }

    /// <summary>As <see cref="MaxPooling"/> compares: the first of equals wins, a NaN wins over any number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(V candidate, int code, ref V best, ref V winner)
    {
        var wins = L.Select(L.AreEqual(candidate, candidate), L.Greater(candidate, best), L.IntCreate(-1));
        best = L.Select(wins, candidate, best);
        winner = L.Select(wins, L.IntCreate(code), winner);
    }
}
