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

    /// <summary>Two inputs of one shape, or one of them a scalar: the shape of the other.</summary>
    public static Shape Pair(Operation operation, ReadOnlySpan<Shape> inputs)
    {
        Count(operation, inputs, 2);
        if (inputs[0] == inputs[1] || inputs[1] == Shape.Scalar) return inputs[0];
        if (inputs[0] == Shape.Scalar) return inputs[1];
        throw new ShapeException($"{operation.Name}: left has shape {inputs[0]}, right has {inputs[1]}: "
            + "equal shapes or a scalar [] are wanted");
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
