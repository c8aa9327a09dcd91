using Distributed.Engine.Kernels;
using Distributed.Engine.Randomness;

namespace Distributed.WidthProbe;

/// <summary>Sums over samples, for widths around every vector's and shards of uneven size.</summary>
internal static class ReductionProbe
{
    public static void Run()
    {
        using var record = new Record("sum-rows");
        var inputs = new Inputs(2);
        for (var columns = 1; columns <= 150; columns += columns < 70 ? 1 : 9)
        {
            var rows = (int)(inputs.Next() % 30);
            var shards = 1 << (int)(inputs.Next() % 5);
            var sums = new float[columns];
            Reductions.SumRows<float>(inputs.Take(rows * columns, extremes: columns % 4 == 0), columns, inputs.Shards(rows, shards), sums);
            record.Add(sums);
        }
        Rows(inputs);
        Words();
    }

    private static void Words()
    {
        using var record = new Record("philox");
        var words = new uint[1001];
        Philox.Fill(new PhiloxBlock(1, 2, 3, 4), 5, 6, words);
        record.Add([.. words.Select(word => (float)(word >> 8)), .. words.Select(word => (float)(word & 0xffffff))]);
    }

    private static void Rows(Inputs inputs)
    {
        using var sum = new Record("sum");
        using var squares = new Record("sum-of-squares");
        for (var length = 0; length <= 150; length++)
        {
            var row = inputs.Take(length);
            sum.Add([(float)(1e3 * Reductions.Sum(row)), (float)Reductions.Sum(row)]);
            squares.Add([(float)Reductions.SumOfSquaresAround(row, 0.3), (float)Reductions.SumOfSquares(row)]);
        }
    }
}
