using Distributed.Engine.Kernels;

namespace Distributed.WidthProbe;

/// <summary>Matrix products around the edges of every tile, all transposes, chains and trees, and k beyond one block.</summary>
internal static class GemmProbe
{
    private static readonly int[] Rows = [1, 5, 6, 7, 11, 12, 13, 25];
    private static readonly int[] Columns = [1, 10, 15, 16, 17, 31, 32, 33, 65];

    public static void Run()
    {
        (string Name, bool TransposeA, bool TransposeB)[] kinds =
            [("gemm", false, false), ("gemm-tb", false, true), ("gemm-ta", true, false), ("gemm-ta-tb", true, true)];
        foreach (var (name, transposeA, transposeB) in kinds)
        {
            using var record = new Record(name);
            var inputs = new Inputs(3);
            foreach (var m in Rows)
            {
                foreach (var n in Columns)
                    Multiply(record, inputs, transposeA, transposeB, m, n, (int)(inputs.Next() % 24), 1 << (int)(inputs.Next() % 5), false);
            }
            Multiply(record, inputs, transposeA, transposeB, 13, 35, 14, 2, true);
        }
        TenClasses();
        using var deep = new Record("gemm-deep");
        Multiply(deep, new Inputs(4), false, true, 7, 17, 257, 1, false);
        Multiply(deep, new Inputs(5), false, true, 6, 16, 785, 1, false);
        Multiply(deep, new Inputs(6), true, false, 7, 17, 600, 64, false);
        Multiply(deep, new Inputs(8), false, false, 31, 100, 700, 1, false, withBias: false);
    }

    /// <summary>An output layer of ten classes: its gradients, which have no bias, and its outputs.</summary>
    private static void TenClasses()
    {
        using var record = new Record("gemm-ten");
        var inputs = new Inputs(7);
        foreach (var n in (int[])[.. Columns, 128])
        {
            for (var shards = 1; shards <= 16; shards *= 2) Multiply(record, inputs, true, false, 10, n, 37, shards, false, withBias: false);
            foreach (var m in Rows) Multiply(record, inputs, false, false, m, n, 10, 1, false, withBias: false);
        }
        foreach (var m in (int[])[.. Rows, 50]) Multiply(record, inputs, false, true, m, 10, 137, 1, false);
    }

    private static void Multiply(Record record, Inputs inputs, bool transposeA, bool transposeB, int m, int n, int k, int shards,
        bool extremes, bool withBias = true)
    {
        var c = new float[m * n];
        Gemm.MultiplyTree<float>(transposeA, transposeB, m, n, k, inputs.Take(m * k, extremes), inputs.Take(k * n, extremes), c,
            inputs.Shards(k, shards), withBias ? inputs.Take(n) : []);
        record.Add(c);
    }
}
