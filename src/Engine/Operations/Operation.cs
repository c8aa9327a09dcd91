using System.Numerics;

namespace Distributed.Engine.Operations;

/// <summary>An operation of the graph: its shape rule, its forward pass and its backward pass (vector-Jacobian product).</summary>
/// <remarks>
/// The passes are generic in the element type. With float they may use the vector kernels, whose results equal the scalar
/// reference bit for bit; with double the plain loops run, which is what gradients are checked in. Backward
/// <em>writes</em> each input's gradient (it never adds): where a value is used several times, the executor adds the gradients
/// of its edges in the order of use. An instance holds settings only, no numbers of a step, so it may be shared.
/// </remarks>
public abstract class Operation
{
    /// <summary>The name in messages and prints: "linear", "relu".</summary>
    public abstract string Name { get; }

    /// <summary>What a drawing of the graph writes in the operation's node: "+", "exp".</summary>
    public virtual string Symbol => Name;

    /// <summary>The output's shape, or a <see cref="ShapeException"/> that says what was wanted and what came.</summary>
    public abstract Shape InferShape(ReadOnlySpan<Shape> inputs);

    /// <summary>Whether a gradient flows to input <paramref name="input"/> at all (to labels it does not).</summary>
    public virtual bool HasGradient(int input) => true;

    /// <summary>Why no gradient can be asked for through this operation, as a sentence's end; null for all that have one.</summary>
    public virtual string? WhyNoGradient => null;

    /// <summary>Elements kept from forward to backward besides inputs and output, with at most <paramref name="samples"/> samples.</summary>
    public virtual int SavedElements(ReadOnlySpan<Shape> inputs, int samples) => 0;

    /// <summary>Elements of scratch memory in either pass, with at most <paramref name="samples"/> samples. All operations of a graph share
    /// it, so nothing lasts beyond one call.</summary>
    public virtual int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => 0;

    /// <summary>Whether the gradient of input <paramref name="input"/> is a sum over samples that this operation takes in the
    /// reduction tree itself (see <see cref="Training.ShardLayout"/>). True for the weight and bias of a linear layer.</summary>
    public virtual bool ReducesOverSamples(int input) => false;

    public abstract void Forward<T>(in ForwardContext<T> context) where T : unmanaged, IFloatingPointIeee754<T>;

    public abstract void Backward<T>(in BackwardContext<T> context) where T : unmanaged, IFloatingPointIeee754<T>;
}
