using Distributed.Engine.Graphs;

namespace Distributed.Engine.Layers;

/// <summary>Puts each element back where the largest of its window was in the max pooling that it undoes: see
/// <see cref="Operations.Unpool"/>.</summary>
/// <remarks>Poolings and unpoolings pair up like brackets: the last max pooling before it that no unpooling between has undone.</remarks>
public sealed record Unpool : Layer
{
    public override string Kind => "unpool";

    /// <summary>What it sees with the pooling that it undoes: its jump takes back the pooling's.</summary>
    internal static Reach Undoing(MaxPool pool)
    {
        var stride = pool.Stride ?? pool.Kernel;
        return new Reach(new AxisReach(0, new Ratio(1, stride.Y)), new AxisReach(0, new Ratio(1, stride.X)));
    }

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
    {
        var (pooled, pool) = Partner(input)
            ?? throw new ShapeException($"unpool \"{name}\": there is no max-pool before it that it could undo");
        if (input.Shape != pooled.Shape)
            throw new ShapeException($"unpool \"{name}\": input has shape {input.Shape}, the max-pool that it undoes gave {pooled.Shape}");
        return input.Graph.Apply(new Operations.Unpool(pool.Y, pool.X), input, pooled.Inputs[0]);
    }

    /// <summary>Walks back along first inputs, counting brackets.</summary>
    private static (Value Pooled, Operations.MaxPool Pool)? Partner(Value input)
    {
        var open = 0;
        for (var value = input; value.Operation is not null; value = value.Inputs[0])
        {
            if (value.Operation is Operations.Unpool) open++;
            if (value.Operation is Operations.MaxPool pool && open-- == 0) return (value, pool);
        }
        return null;
    }
}
