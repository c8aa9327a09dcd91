using Distributed.Engine.Kernels;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data;

/// <summary>Pictures of circles, squares and triangles, with the class of every pixel: segmentation with nothing to download.</summary>
/// <remarks>
/// A scene has one to three shapes of random kind, place, size, turn and brightness (each colour channel on its own); a later shape
/// covers an earlier one. A pixel belongs to the topmost shape that holds its centre. Brightness tells a shape from the ground, and
/// never which shape it is: half of the scenes are dark on bright.
/// <code>
/// classes   0 ground · 1 circle · 2 square · 3 triangle
/// radius    r from 0.14 to 0.28 sides: of the circle; of the circles through the corners of square and triangle, times 1.2
/// ground    0.4·[0, 1) and shapes 0.55 + 0.45·[0, 1), or both taken from 1
/// pixel     round(255·clamp(brightness + noise·gaussian, 0, 1))
/// </code>
/// Sample i is drawn from its own stream of random numbers, so a smaller set is the beginning of a larger one.
/// </remarks>
public static class Scenes
{
    public const int Classes = 4, MinSide = 8, MaxSide = 128, MaxShapes = 3;

    /// <param name="count">Samples, at least 1.</param>
    /// <param name="side">Height and width, <see cref="MinSide"/> to <see cref="MaxSide"/> pixels.</param>
    /// <param name="channels">1 (gray) or 3 (colour).</param>
    /// <param name="noise">Standard deviation of what is added to each pixel, on the scale of 0 to 1; 0 to 1.</param>
    /// <param name="part">Sets of one seed with different parts (0 for training, 1 for test) have different samples.</param>
    /// <returns>Samples of shape [channels, side, side] in bytes, not scaled, with class maps [side, side].</returns>
    public static ByteImageDataSet Generate(int count, int side, int channels, float noise, ulong seed, int part = 0)
    {
        if (side is < MinSide or > MaxSide) throw new DataException($"scenes: a side of {MinSide} to {MaxSide} is wanted, got {side}");
        if (channels is not (1 or 3)) throw new DataException($"scenes: 1 or 3 channels are wanted, got {channels}");
        if (count < 1 || (long)count * channels * side * side > Array.MaxLength)
            throw new DataException($"scenes: 1 to {Array.MaxLength / (channels * side * side)} samples are wanted, got {count}");
        if (noise is not (>= 0 and <= 1)) throw new DataException($"scenes: noise is 0 to 1, got {noise}");
        var size = side * side;
        var (pixels, maps) = (new byte[count * channels * size], new byte[count * size]);
        var scene = new double[channels * size];
        for (var i = 0; i < count; i++)
        {
            var random = new RandomStream(seed, RandomPurpose.Data, (uint)i, (uint)part);
            Draw(side, channels, noise, ref random, scene, pixels.AsSpan(i * scene.Length, scene.Length), maps.AsSpan(i * size, size));
        }
        return new ByteImageDataSet(pixels, new ClassMapTargets(maps, Classes, side, side), new Shape(channels, side, side));
    }

    private static void Draw(int side, int channels, double noise, ref RandomStream random, Span<double> scene, Span<byte> pixels,
        Span<byte> map)
    {
        var size = side * side;
        var shapes = 1 + random.NextInt(MaxShapes);
        var inverted = random.NextInt(2) == 1;
        Span<double> colour = stackalloc double[3];
        for (var c = 0; c < channels; c++) scene.Slice(c * size, size).Fill(0.4 * random.NextDouble());
        for (var s = 0; s < shapes; s++)
        {
            var kind = 1 + random.NextInt(Classes - 1);
            var radius = (0.14 + 0.14 * random.NextDouble()) * side * (kind == 1 ? 1 : 1.2);
            var (x, y) = ((0.15 + 0.7 * random.NextDouble()) * side, (0.15 + 0.7 * random.NextDouble()) * side);
            var turn = 2 * Math.PI * random.NextDouble();
            var (cos, sin) = (PortableMath.Cos(turn), PortableMath.Sin(turn));
            for (var c = 0; c < channels; c++) colour[c] = 0.55 + 0.45 * random.NextDouble();
            for (var p = 0; p < size; p++)
            {
                var (dx, dy) = (p % side + 0.5 - x, p / side + 0.5 - y);
                if (!Holds(kind, radius, cos * dx + sin * dy, cos * dy - sin * dx)) continue;
                map[p] = (byte)kind;
                for (var c = 0; c < channels; c++) scene[c * size + p] = colour[c];
            }
        }
        for (var p = 0; p < pixels.Length; p++)
        {
            var value = inverted ? 1 - scene[p] : scene[p];
            if (noise > 0) value += noise * random.NextGaussian();
            pixels[p] = (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
        }
    }

    /// <summary>Whether a point, seen from the shape's middle and turned with it, lies inside.</summary>
    private static bool Holds(int kind, double radius, double x, double y) => kind switch
    {
        1 => x * x + y * y <= radius * radius,
        2 => Math.Abs(x) <= radius * 0.7071067811865476 && Math.Abs(y) <= radius * 0.7071067811865476,
        // Three edges, each half a radius from the middle: normals (0, 1) and (±√¾, −½).
        _ => y <= radius / 2 && 0.8660254037844386 * Math.Abs(x) - y / 2 <= radius / 2,
    };
}
