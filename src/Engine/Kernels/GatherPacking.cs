using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>Packs an operand that is scattered over an image: element (r, l) lies at row[r] + lane[l].</summary>
/// <remarks>Lanes that lie side by side in the image are copied together, up to 16 at once. A copy may run over the lanes and rows
/// behind it, which are written later; so the image is read, and the panel written, up to <see cref="Slack"/> elements past
/// their ends.</remarks>
internal static unsafe class GatherPacking
{
    /// <summary>Elements past the end of image and panel that must be there; their content does not matter.</summary>
    public const int Slack = 16;

    /// <param name="lanes">At most <paramref name="width"/>; the panel's lanes behind them get anything.</param>
    /// <param name="width">At most 32.</param>
    /// <param name="panel">[rows, width], written.</param>
    public static void Pack(float* image, ReadOnlySpan<int> rows, ReadOnlySpan<int> lanes, int width, float* panel)
    {
        var at = stackalloc int[32];
        var from = stackalloc int[32];
        var runs = FindRuns(lanes, at, from);
        switch (runs)
        {
            case 1: Pack1(image, rows, width, panel, from); break;
            case 2: Pack2(image, rows, width, panel, at, from); break;
            case 3: Pack3(image, rows, width, panel, at, from); break;
            case 4: Pack4(image, rows, width, panel, at, from); break;
            default: PackMany(image, rows, width, panel, at, from, runs); break;
        }
    }

    /// <summary>Cuts the lanes in runs of up to 16 neighbours: where each begins in the panel's row and in the image.</summary>
    private static int FindRuns(ReadOnlySpan<int> lanes, int* at, int* from)
    {
        var runs = 0;
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            if (runs > 0 && lane - at[runs - 1] < 16 && lanes[lane] - from[runs - 1] == lane - at[runs - 1]) continue;
            (at[runs], from[runs]) = (lane, lanes[lane]);
            runs++;
        }
        return runs;
    }

    private static void Pack1(float* image, ReadOnlySpan<int> rows, int width, float* panel, int* from)
    {
        image += from[0];
        foreach (var row in rows)
        {
            Copy(image + row, panel);
            panel += width;
        }
    }

    private static void Pack2(float* image, ReadOnlySpan<int> rows, int width, float* panel, int* at, int* from)
    {
        nint at1 = at[1];
        var from0 = image + from[0];
        var from1 = image + from[1];
        foreach (var row in rows)
        {
            Copy(from0 + row, panel);
            Copy(from1 + row, panel + at1);
            panel += width;
        }
    }

    private static void Pack3(float* image, ReadOnlySpan<int> rows, int width, float* panel, int* at, int* from)
    {
        var (at1, at2) = ((nint)at[1], (nint)at[2]);
        var from0 = image + from[0];
        var from1 = image + from[1];
        var from2 = image + from[2];
        foreach (var row in rows)
        {
            Copy(from0 + row, panel);
            Copy(from1 + row, panel + at1);
            Copy(from2 + row, panel + at2);
            panel += width;
        }
    }

    private static void Pack4(float* image, ReadOnlySpan<int> rows, int width, float* panel, int* at, int* from)
    {
        var (at1, at2, at3) = ((nint)at[1], (nint)at[2], (nint)at[3]);
        var from0 = image + from[0];
        var from1 = image + from[1];
        var from2 = image + from[2];
        var from3 = image + from[3];
        foreach (var row in rows)
        {
            Copy(from0 + row, panel);
            Copy(from1 + row, panel + at1);
            Copy(from2 + row, panel + at2);
            Copy(from3 + row, panel + at3);
            panel += width;
        }
    }

    private static void PackMany(float* image, ReadOnlySpan<int> rows, int width, float* panel, int* at, int* from, int runs)
    {
        foreach (var row in rows)
        {
            var source = image + row;
            for (var run = 0; run < runs; run++) Copy(source + from[run], panel + at[run]);
            panel += width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* source, float* target) => Vector512.Store(Vector512.Load(source), target);
}
