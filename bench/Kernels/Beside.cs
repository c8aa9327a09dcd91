using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Distributed.Engine.Kernels;
using Distributed.Throughput;

namespace Distributed.Kernels;

/// <summary>The matrix products of the models' layers beside OpenBLAS's in turn, one thread: <c>beside [cold] [BATCH:SHARDS ...] [INPUTSxOUTPUTS ...]</c>.
/// <c>cold</c>: each time other operands, so that all come from memory, as in a model that is larger than the caches. The library is <c>libblas.so.3</c> in the folder that the environment variable OPENBLAS names.</summary>
internal static unsafe class Beside
{
    private const int Rounds = 40, Square = 1024, RowMajor = 101, Plain = 111, Transposed = 112;

    private const double FlopOfRound = 4e7;

    /// <summary>Bytes of all operands together that no cache holds.</summary>
    private const long ColdBytes = 256L << 20;

    public static void Run(string[] wanted)
    {
        var library = NativeLibrary.Load(Path.Combine(Environment.GetEnvironmentVariable("OPENBLAS") ?? "", "libblas.so.3"));
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads"))(1);
        var sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemm");
        var corename = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "openblas_get_corename");
        var isCold = wanted.Contains("cold");
        var (ours, theirs) = Rates(false, false, Square, Square, Square, 1);
        var peak = FmaPeak.Measure();
        Console.WriteLine(FormattableString.Invariant($"{Square} x {Square} x {Square}: {ours:0} GFLOP/s, OpenBLAS ({Marshal.PtrToStringUTF8((nint)corename())}) {theirs:0}; FMA peak {peak:0}: {ours / peak:0.00} and {theirs / peak:0.00} of it\n"));
        Console.WriteLine("| layer | batch, shards | forward | weight gradient | input gradient |\n|---|---|---|---|---|");
        var layers = wanted.Where(word => word.Contains('x')).ToHashSet();
        (int, int)[] batches = [.. wanted.Where(word => word.Contains(':')).Select(Pair)];
        foreach (var (batch, shards) in batches.Length == 0 ? [(64, 4), (128, 8), (256, 4), (512, 8)] : batches)
            foreach (var (inputs, outputs) in Products.Layers)
                if (layers.Count == 0 || layers.Contains($"{inputs}x{outputs}"))
                    Console.WriteLine($"| {inputs} x {outputs} | {batch}, {shards} | {Compare(false, true, batch, outputs, inputs, 1)} "
                        + $"| {Compare(true, false, outputs, inputs, batch, shards)} | {Compare(false, false, batch, inputs, outputs, 1)} |");

        static (int, int) Pair(string text)
        {
            var at = text.IndexOf(':');
            return (int.Parse(text[..at], CultureInfo.InvariantCulture), int.Parse(text[(at + 1)..], CultureInfo.InvariantCulture));
        }

        string Compare(bool transposeA, bool transposeB, int m, int n, int k, int shards)
        {
            var (ours, theirs) = Rates(transposeA, transposeB, m, n, k, shards);
            return FormattableString.Invariant($"{ours:0} : {theirs:0} = {ours / theirs:0.00}");
        }

        // GFLOP/s.
        (double Ours, double Theirs) Rates(bool transposeA, bool transposeB, int m, int n, int k, int shards)
        {
            var random = new Random(1);
            var copies = isCold ? (int)(ColdBytes / (sizeof(float) * (((long)m * k) + ((long)k * n) + ((long)m * n)))) + 1 : 1;
            var operands = new (nint A, nint B, nint C)[copies];
            for (var i = 0; i < copies; i++) operands[i] = (Draw(m * k), Draw(k * n), Draw(m * n));
            var at = 0;
            int[] offsets = [.. Enumerable.Range(0, shards + 1).Select(shard => shard * k / shards)];
            var flop = 2.0 * m * n * k;
            var times = Math.Max(1, (int)(FlopOfRound / flop));
            var (ours, theirs) = (new double[Rounds], new double[Rounds]);
            for (var round = 0; round < Rounds; round++)
            {
                ours[round] = Seconds((a, b, c) => Gemm.MultiplyTree<float>(transposeA, transposeB, m, n, k, new ReadOnlySpan<float>((float*)a, m * k),
                    new ReadOnlySpan<float>((float*)b, k * n), new Span<float>((float*)c, m * n), offsets));
                theirs[round] = Seconds((a, b, c) => sgemm(RowMajor, transposeA ? Transposed : Plain, transposeB ? Transposed : Plain, m, n, k, 1,
                    (float*)a, transposeA ? m : k, (float*)b, transposeB ? k : n, 0, (float*)c, n));
            }
            foreach (var (a, b, c) in operands)
                foreach (var memory in (nint[])[a, b, c]) NativeMemory.AlignedFree((void*)memory);
            return (flop / Low(ours) / 1e9, flop / Low(theirs) / 1e9);

            nint Draw(int elements)
            {
                var drawn = (float*)NativeMemory.AlignedAlloc((nuint)elements * sizeof(float), 64);
                for (var i = 0; i < elements; i++) drawn[i] = random.NextSingle() - 0.5f;
                return (nint)drawn;
            }

            double Seconds(Action<nint, nint, nint> product)
            {
                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < times; i++)
                {
                    var (a, b, c) = operands[at++ % copies];
                    product(a, b, c);
                }
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
