namespace Distributed.Engine.Operations;

/// <summary>The shape rules that several operations share.</summary>
internal static class ShapeRules
{
    /// <exception cref="ShapeException">The operation was given another number of inputs.</exception>
    public static void Count(Operation operation, ReadOnlySpan<Shape> inputs, int wanted)
    {
        if (inputs.Length != wanted)
            throw new ShapeException($"{operation.Name}: takes {wanted} {(wanted == 1 ? "input" : "inputs")}, got {inputs.Length}");
    }

    /// <summary>The shape of the only input.</summary>
    public static Shape Same(Operation operation, ReadOnlySpan<Shape> inputs)
    {
        Count(operation, inputs, 1);
        return inputs[0];
    }

    /// <summary>Two inputs that are spread over each other by <see cref="Broadcast"/>.</summary>
    public static Shape Pair(Operation operation, ReadOnlySpan<Shape> inputs)
    {
        Count(operation, inputs, 2);
        return Broadcast(operation, inputs[0], inputs[1]);
    }

    /// <summary>NumPy's rule: laid side by side from the last extent, two extents are equal or one of them is 1 or missing, and is
    /// spread over the other. The batch dimension stays the first.</summary>
    public static Shape Broadcast(Operation operation, Shape left, Shape right)
    {
        if (left == right || right == Shape.Scalar) return left;
        if (left == Shape.Scalar) return right;
        Span<int> extents = stackalloc int[Math.Max(left.Rank, right.Rank)];
        for (var d = 1; d <= extents.Length; d++)
        {
            var (a, b) = (d > left.Rank ? 1 : left[left.Rank - d], d > right.Rank ? 1 : right[right.Rank - d]);
            var fits = a == b || a == 1 || b == 1;
            var batchLater = d < extents.Length && (a == Shape.Batch || b == Shape.Batch);
            if (!fits || batchLater)
            {
                throw new ShapeException($"{operation.Name}: left has shape {left}, right has {right}: from the last on, "
                    + "extents must be equal or 1, and B must stay the first");
            }
            extents[^d] = a == 1 ? b : a;
        }
        return new Shape(extents);
    }

    /// <summary>The axis that a setting means: −1 is the last.</summary>
    /// <param name="axis">Counted as in the shape, the batch dimension being axis 0.</param>
    public static int Axis(Operation operation, Shape shape, int axis)
    {
        if (axis >= -shape.Rank && axis < shape.Rank) return axis < 0 ? axis + shape.Rank : axis;
        throw new ShapeException(shape.Rank == 0
            ? $"{operation.Name}: axis {axis} was asked for, a scalar [] has none"
            : $"{operation.Name}: axis {axis} was asked for, {shape} has axes {-shape.Rank} to {shape.Rank - 1}");
    }

    /// <summary>The same, but not the batch dimension.</summary>
    public static int SampleAxis(Operation operation, Shape shape, int axis)
    {
        var place = Axis(operation, shape, axis);
        return shape.IsBatched && place == 0
            ? throw new ShapeException($"{operation.Name}: axis {axis} of {shape} is the batch dimension, "
                + "an axis of the sample is wanted")
            : place;
    }

    /// <summary>Scores [B, C] or [C], and targets of shape <paramref name="target"/> of C a sample: losses [B] or [].</summary>
    public static Shape LossOf(Operation operation, ReadOnlySpan<Shape> inputs, Func<int, Shape> target, int fewestClasses = 2)
    {
        Count(operation, inputs, 2);
        var (scores, targets) = (inputs[0], inputs[1]);
        if (scores.Sample.Rank != 1 || scores.SampleElements < fewestClasses)
            throw new ShapeException($"{operation.Name}: scores have shape {scores}, [B, C] or [C] with C ≥ {fewestClasses} is wanted");
        var wanted = target(scores.SampleElements);
        if (scores.IsBatched) wanted = Shape.Batched(wanted);
        if (targets != wanted)
            throw new ShapeException($"{operation.Name}: targets have shape {targets}, scores {scores} want targets {wanted}");
        return scores.IsBatched ? new Shape(Shape.Batch) : Shape.Scalar;
    }
}
