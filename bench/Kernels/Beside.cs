using System.Diagnostics;
using System.Runtime.InteropServices;
using Distributed.Engine.Kernels;

namespace Distributed.Kernels;

/// <summary>The matrix products of the models' layers beside OpenBLAS's in turn, one thread: <c>beside [INPUTSxOUTPUTS ...]</c>. The library is
/// <c>libblas.so.3</c> in the folder that the environment variable OPENBLAS names.</summary>
internal static unsafe class Beside
{
    private const int Rounds = 40, Shards = 8, RowMajor = 101, Plain = 111, Transposed = 112;

    private const double FlopOfRound = 4e7;

    public static void Run(string[] wanted)
    {
        var library = NativeLibrary.Load(Path.Combine(Environment.GetEnvironmentVariable("OPENBLAS") ?? "", "libblas.so.3"));
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads"))(1);
        var sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemm");
        Console.WriteLine("| layer | batch | forward | weight gradient, 8 shards | input gradient |\n|---|---|---|---|---|");
        foreach (var batch in (int[])[128, 512])
            foreach (var (inputs, outputs) in Products.Layers)
                if (wanted.Length == 0 || wanted.Contains($"{inputs}x{outputs}"))
                    Console.WriteLine($"| {inputs} x {outputs} | {batch} | {Compare(false, true, batch, outputs, inputs, 1)} "
                        + $"| {Compare(true, false, outputs, inputs, batch, Shards)} | {Compare(false, false, batch, inputs, outputs, 1)} |");

        string Compare(bool transposeA, bool transposeB, int m, int n, int k, int shards)
        {
            var random = new Random(1);
            var (a, b, c) = (Draw(m * k), Draw(k * n), Draw(m * n));
            int[] offsets = [.. Enumerable.Range(0, shards + 1).Select(shard => shard * k / shards)];
            var flop = 2.0 * m * n * k;
            var times = Math.Max(1, (int)(FlopOfRound / flop));
            var (ours, theirs) = (new double[Rounds], new double[Rounds]);
            for (var round = 0; round < Rounds; round++)
            {
                ours[round] = Seconds(() => Gemm.MultiplyTree<float>(transposeA, transposeB, m, n, k, new ReadOnlySpan<float>((float*)a, m * k),
                    new ReadOnlySpan<float>((float*)b, k * n), new Span<float>((float*)c, m * n), offsets));
                theirs[round] = Seconds(() => sgemm(RowMajor, transposeA ? Transposed : Plain, transposeB ? Transposed : Plain, m, n, k, 1,
                    (float*)a, transposeA ? m : k, (float*)b, transposeB ? k : n, 0, (float*)c, n));
            }
            foreach (var memory in (nint[])[a, b, c]) NativeMemory.AlignedFree((void*)memory);
            var (our, their) = (Low(ours), Low(theirs));
            return FormattableString.Invariant($"{flop / our / 1e9:0} : {flop / their / 1e9:0} = {their / our:0.00}");

            nint Draw(int elements)
            {
                var drawn = (float*)NativeMemory.AlignedAlloc((nuint)elements * sizeof(float), 64);
                for (var i = 0; i < elements; i++) drawn[i] = random.NextSingle() - 0.5f;
                return (nint)drawn;
            }

            double Seconds(Action product)
            {
                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < times; i++) product();
                return Stopwatch.GetElapsedTime(start).TotalSeconds / times;
            }
        }
    }

    /// <summary>The first decile: what the others of the machine leave of it.</summary>
    private static double Low(double[] seconds)
    {
        Array.Sort(seconds);
        return seconds[seconds.Length / 10];
    }
}
