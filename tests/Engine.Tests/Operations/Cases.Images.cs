using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

/// <summary>Operations on images: small ones, since every number of a case is another.</summary>
internal static partial class Cases
{
    private static Value Image(CaseBuilder build, int channels = 0) =>
        build.Leaf(build.MaybeBatched(new Shape(channels > 0 ? channels : build.OneOf(1, 2), build.OneOf(3, 4, 5), build.OneOf(3, 4))));

    /// <summary>A window that fits three pixels.</summary>
    private static Window Window(CaseBuilder build)
    {
        var (size, dilation) = build.OneOf((1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (1, 3));
        var least = dilation > 1 && size == 3 ? 1 : 0;
        return new Window(size, build.OneOf(1, 2, 3), dilation, build.OneOf(least, 1, 2), build.OneOf(least, 1, 2));
    }

    private static Window PoolWindow(CaseBuilder build)
    {
        var size = build.OneOf(1, 2, 3);
        return new Window(size, build.OneOf(1, 2, 3), 1, Math.Min(size - 1, build.OneOf(0, 1)), Math.Min(size - 1, build.OneOf(0, 1, 2)));
    }

    private static Value Convolution(CaseBuilder build)
    {
        var (y, x, groups, bias) = (Window(build), Window(build), build.OneOf(1, 1, 2), build.OneOf(true, false));
        var maps = groups * build.OneOf(1, 2);
        var image = Image(build, groups * build.OneOf(1, 3 - groups));
        var weight = build.Leaf(new Shape(maps, image.Shape.Sample[0] / groups, y.Size, x.Size));
        var operation = new Conv2d(y, x, groups, build.OneOf(true, false), bias);
        return bias
            ? build.Apply(operation, image, weight, build.Leaf(new Shape(maps)))
            : build.Apply(operation, image, weight);
    }

    private static Value TransposedConvolution(CaseBuilder build)
    {
        var (groups, bias) = (build.OneOf(1, 1, 2), build.OneOf(true, false));
        var image = Image(build, groups * build.OneOf(1, 3 - groups));
        var (y, x, maps) = (TransposedWindow(build), TransposedWindow(build), build.OneOf(1, 2));
        var weight = build.Leaf(new Shape(image.Shape.Sample[0], maps, y.Size, x.Size));
        var operation = new ConvTranspose2d(y, x, build.OneOf(0, y.Stride - 1), build.OneOf(0, x.Stride - 1), groups, build.OneOf(true, false),
            bias);
        return bias
            ? build.Apply(operation, image, weight, build.Leaf(new Shape(groups * maps)))
            : build.Apply(operation, image, weight);
    }

    /// <summary>A window whose adjoint leaves something of three pixels.</summary>
    private static Window TransposedWindow(CaseBuilder build) => new(build.OneOf(1, 2, 3), build.OneOf(1, 2, 3), build.OneOf(1, 1, 2),
        build.OneOf(0, 1), build.OneOf(0, 1));

    private static Value LocalWindows(CaseBuilder build)
    {
        var image = build.Leaf(build.MaybeBatched(new Shape(build.OneOf(1, 2), 3, 3)));
        var (y, x) = (new Window(2, build.OneOf(1, 2), 1, build.OneOf(0, 1)), new Window(build.OneOf(1, 2), build.OneOf(1, 2)));
        var (rows, columns, maps) = (y.Outputs(3), x.Outputs(3), build.OneOf(1, 2));
        var weight = build.Leaf(new Shape(rows, columns, maps, image.Shape.Sample[0], 2, x.Size));
        return build.Apply(new LocallyConnected(y, x), image, weight, build.Leaf(new Shape(maps, rows, columns)));
    }

    private static Value Unpooling(CaseBuilder build)
    {
        var image = Image(build, 1);
        var (y, x) = (PoolWindow(build), PoolWindow(build));
        var pooled = new MaxPool(y, x).InferShape([image.Shape]);
        return build.Apply(new Unpool(y, x), build.Leaf(pooled), image);
    }
}
