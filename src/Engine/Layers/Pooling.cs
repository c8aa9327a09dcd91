using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Layers;

/// <summary>What the pooling layers share.</summary>
internal static class Pooling
{
    /// <exception cref="ShapeException">The input is no image, or the windows do not fit it.</exception>
    public static (Window Y, Window X) Windows(Layer layer, string name, Shape input, Axes kernel, Axes? stride, Padding padding)
    {
        var described = $"{layer.Kind} \"{name}\"";
        var (_, height, width) = ImageRules.Image(described, input);
        var (y, x) = padding.Windows(kernel, stride ?? kernel, 1, height, width);
        if (y.Before >= y.Size || x.Before >= x.Size)
            throw new ShapeException($"{described}: padding {padding} is not less than the kernel {kernel}");
        ImageRules.Outputs(described, y, x, height, width);
        return (y, x);
    }
}
