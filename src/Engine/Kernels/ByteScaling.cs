using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Distributed.Engine.Kernels;

/// <summary>From bytes to scaled floats: (x − mean) / deviation, each operation rounded once, the same bits at every vector width.</summary>
internal static unsafe class ByteScaling
{
    /// <summary>Whether <see cref="Scale(ReadOnlySpan{byte}, float, float, Span{float})"/> has vectors to do it with; else a table of 256 values is as fast.</summary>
    public static bool IsVectorized => Avx2.IsSupported;

    /// <summary>All bytes by one mean and deviation.</summary>
    /// <param name="target">As long as <paramref name="bytes"/>.</param>
    public static void Scale(ReadOnlySpan<byte> bytes, float mean, float deviation, Span<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, bytes.Length);
        var i = 0;
        fixed (byte* from = bytes)
        fixed (float* to = target)
        {
            if (Avx512F.IsSupported)
            {
                var (m, d) = (Vector512.Create(mean), Vector512.Create(deviation));
                for (; i <= bytes.Length - 16; i += 16) ((Floats512(from + i) - m) / d).Store(to + i);
            }
            else if (Avx2.IsSupported)
            {
                var (m, d) = (Vector256.Create(mean), Vector256.Create(deviation));
                for (; i <= bytes.Length - 8; i += 8) ((Floats256(from + i) - m) / d).Store(to + i);
            }
        }
        for (; i < bytes.Length; i++) target[i] = (bytes[i] - mean) / deviation;
    }

    /// <summary>Each byte by the mean and deviation of its place.</summary>
    /// <param name="means">As many as <paramref name="bytes"/>, as are the others.</param>
    public static void Scale(ReadOnlySpan<byte> bytes, ReadOnlySpan<float> means, ReadOnlySpan<float> deviations, Span<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, bytes.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(means.Length, bytes.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(deviations.Length, bytes.Length);
        var i = 0;
        fixed (byte* from = bytes)
        fixed (float* m = means, d = deviations, to = target)
        {
            if (Avx512F.IsSupported)
                for (; i <= bytes.Length - 16; i += 16) ((Floats512(from + i) - Vector512.Load(m + i)) / Vector512.Load(d + i)).Store(to + i);
            else if (Avx2.IsSupported)
                for (; i <= bytes.Length - 8; i += 8) ((Floats256(from + i) - Vector256.Load(m + i)) / Vector256.Load(d + i)).Store(to + i);
        }
        for (; i < bytes.Length; i++) target[i] = (bytes[i] - means[i]) / deviations[i];
    }

    private static Vector512<float> Floats512(byte* from) => Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(from)));

    private static Vector256<float> Floats256(byte* from) => Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(from));
}
