using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Images;
using Distributed.Engine.Training;

namespace Distributed.Engine.Inspection;

/// <summary>The plane coloured by the class that a model decides at each place, with the samples drawn in.</summary>
public static class DecisionRegions
{
    /// <summary>Pixels evaluated in one pass.</summary>
    private const int Block = 256;

    private const double Margin = 0.1;
    private const int Radius = 3;

    /// <summary>Class c has colour c mod 10: well apart, and in gray too.</summary>
    private static readonly (byte R, byte G, byte B)[] Colours =
    [
        (31, 119, 180), (255, 127, 14), (44, 160, 44), (214, 39, 40), (148, 103, 189),
        (140, 86, 75), (227, 119, 194), (127, 127, 127), (188, 189, 34), (23, 190, 207),
    ];

    /// <param name="points">Samples of two features, scaled as the model was trained; at most <paramref name="maxPoints"/> are drawn.</param>
    /// <param name="side">Width and height of the picture, pixels.</param>
    /// <exception cref="ArgumentException">The samples have not two features, or no class is decided.</exception>
    public static Image Draw(Model model, ReadOnlyMemory<float> weights, DataSet points, int side = 512, int maxPoints = 5000)
    {
        if (points.SampleShape.SampleElements != 2)
            throw new ArgumentException($"decision regions are of samples with 2 features, these have {points.SampleShape}", nameof(points));
        if (model.Target is not ClassTarget)
            throw new ArgumentException($"decision regions want classes, the data has {model.Target}", nameof(model));
        var count = Math.Min(points.Count, maxPoints);
        var features = new float[2 * count];
        points.CopyFeatures([.. Enumerable.Range(0, count)], features);
        var (left, right) = Bounds(features, 0);
        var (bottom, top) = Bounds(features, 1);
        var image = new Image(side, side, 3);
        var classes = Classify(model, weights, side, left, right, bottom, top);
        for (var i = 0; i < classes.Length; i++) Put(image, i / side, i % side, Colours[classes[i] % Colours.Length], 0.35);
        for (var i = 0; i < count; i++)
        {
            var column = (int)((features[2 * i] - left) / (right - left) * (side - 1));
            var row = (int)((top - features[(2 * i) + 1]) / (top - bottom) * (side - 1));
            Dot(image, row, column, Colours[points.Label(i) % Colours.Length]);
        }
        return image;
    }

    private static int[] Classify(Model model, ReadOnlyMemory<float> weights, int side, double left, double right, double bottom, double top)
    {
        var executor = new Executor<float>(model.Graph, model.Scores, Block);
        var classes = new int[side * side];
        var scores = model.Scores.Shape.SampleElements;
        for (var first = 0; first < classes.Length; first += Block)
        {
            var samples = Math.Min(Block, classes.Length - first);
            var x = executor.Input(model.Features, samples);
            for (var i = 0; i < samples; i++)
            {
                var (row, column) = ((first + i) / side, (first + i) % side);
                x[2 * i] = (float)(left + ((right - left) * column / (side - 1)));
                x[(2 * i) + 1] = (float)(top - ((top - bottom) * row / (side - 1)));
            }
            executor.Forward(weights, samples);
            var values = executor.Values(model.Scores);
            for (var i = 0; i < samples; i++) classes[first + i] = Decisions.Class(values.Slice(i * scores, scores), scores);
        }
        return classes;
    }

    /// <summary>Smallest and largest of one feature, a tenth of their distance farther out.</summary>
    private static (double Low, double High) Bounds(ReadOnlySpan<float> features, int feature)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = feature; i < features.Length; i += 2) (low, high) = (Math.Min(low, features[i]), Math.Max(high, features[i]));
        var margin = high > low ? Margin * (high - low) : 1;
        return (low - margin, high + margin);
    }

    private static void Dot(Image image, int row, int column, (byte, byte, byte) colour)
    {
        for (var y = -Radius; y <= Radius; y++)
            for (var x = -Radius; x <= Radius; x++)
            {
                var distance = (x * x) + (y * y);
                var (r, c) = (row + y, column + x);
                if (distance > Radius * Radius || r < 0 || c < 0 || r >= image.Height || c >= image.Width) continue;
                Put(image, r, c, distance > (Radius - 1) * (Radius - 1) ? ((byte)0, (byte)0, (byte)0) : colour, 1);
            }
    }

    /// <param name="strength">1: the colour itself; less: towards white.</param>
    private static void Put(Image image, int row, int column, (byte R, byte G, byte B) colour, double strength)
    {
        image[row, column, 0] = Mix(colour.R);
        image[row, column, 1] = Mix(colour.G);
        image[row, column, 2] = Mix(colour.B);

        byte Mix(byte part) => (byte)(255 - (strength * (255 - part)));
    }
}
