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
        var (windows, sampleElements) = (rows * columns, shape.Channels * shape.Pixels);
        var imageElements = (shape.Channels * tables.PaddedHeight * tables.PaddedWidth) + (2 * IPositionTile.Positions);

        var (sizeWeight, sizeBias, sizeImage, sizeBlock) = (GemmScratch.Aligned((long)blocks * taps * TTile.Maps),
            GemmScratch.Aligned((long)blocks * TTile.Maps), GemmScratch.Aligned(imageElements),
            GemmScratch.Aligned((long)windows * TTile.Maps));
        var sizeTile = 2L * IPositionTile.Positions * TTile.Maps;
        var packed = GemmScratch.Mine.Get(sizeWeight + sizeBias + sizeImage + (2 * sizeBlock) + sizeTile);
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
        // Without a bias +0 is added: it makes +0 of −0, as ReLU does.
        for (var map = 0; map < blocks * TTile.Maps; map++) biases[map] = bias != null && map < shape.Maps ? bias[map] : 0f;
        new Span<float>(image, imageElements).Clear();

        fixed (int* offsets = tables.Taps)
        {
            for (var b = 0; b < samples; b++, x += sampleElements)
            {
                ImageFrame.Fill(x, tables, image);
                for (var block = 0; block < blocks; block++)
                {
                    var first = block * TTile.Maps;
                    var maps = Math.Min(TTile.Maps, shape.Maps - first);
                    for (var row = 0; row < rows; row++)
                    {
                        Prefetch.Part(pooled, maps * windows, row, rows);
                        Prefetch.Part(winners, maps * windows, row, rows);
                        if (b + 1 < samples) Prefetch.Part(x + sampleElements, sampleElements, (block * rows) + row, blocks * rows);
                        for (var column = 0; column < columns; column += Windows)
                        {
                            TTile.Run(offsets, taps, image + (2 * row * tables.PaddedWidth) + (2 * column), tables.PaddedWidth,
                                packed + ((nint)first * taps), tile);
                            var at = ((row * columns) + column) * TTile.Maps;
                            Pool(tile, biases + first, Math.Min(Windows, columns - column), values + at, codes + at);
                        }
                    }
                    Transposition.Copy(values, TTile.Maps, pooled, windows, windows, maps);
                    Transposition.Copy(codes, TTile.Maps, (float*)winners, windows, windows, maps);
                    pooled += (nint)maps * windows;
                    winners += (nint)maps * windows;
                }
            }
        }
    }

    /// <summary>Adds the bias, takes the largest of each window and cuts it at 0.</summary>
    /// <remarks>As <see cref="MaxPooling"/> compares: the first of equals wins, a NaN over any number.</remarks>
    /// <param name="tile">[2, Positions, Maps].</param>
    /// <param name="values">[count, Maps], written.</param>
    /// <param name="codes">[count, Maps], written: which of the four it is, as an integer, where it is above 0; else −1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pool(float* tile, float* bias, int count, float* values, float* codes)
    {
        var (zero, none) = (L.Create(0f), L.IntCreate(-1));
        for (var lane = 0; lane < TTile.Maps; lane += Lanes)
        {
            var beta = Unsafe.ReadUnaligned<V>(bias + lane);
            var upper = tile + lane;
            var target = lane;
            for (var window = 0; window < count; window++, upper += 2 * TTile.Maps, target += TTile.Maps)
            {
                var lower = upper + (IPositionTile.Positions * TTile.Maps);
                var u0 = L.Add(Unsafe.ReadUnaligned<V>(upper), beta);
                var u1 = L.Add(Unsafe.ReadUnaligned<V>(upper + TTile.Maps), beta);
                var l0 = L.Add(Unsafe.ReadUnaligned<V>(lower), beta);
                var l1 = L.Add(Unsafe.ReadUnaligned<V>(lower + TTile.Maps), beta);
                var numbers = L.And(L.And(L.AreEqual(u0, u0), L.AreEqual(u1, u1)), L.And(L.AreEqual(l0, l0), L.AreEqual(l1, l1)));
                var (best, winner) = (u0, L.IntCreate(0));
                Challenge(u1, 1, ref best, ref winner);
                Challenge(l0, 2, ref best, ref winner);
                Challenge(l1, 3, ref best, ref winner);
                var above = L.Greater(best, zero);
                Unsafe.WriteUnaligned(values + target, L.Select(numbers, L.Select(above, best, zero), L.Create(float.NaN)));
                Unsafe.WriteUnaligned(codes + target, L.Select(L.And(numbers, above), winner, none));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(V candidate, int code, ref V best, ref V winner)
    {
        var wins = L.Greater(candidate, best);
        best = L.Select(wins, candidate, best);
        winner = L.Select(wins, L.IntCreate(code), winner);
    }
}
