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
}
