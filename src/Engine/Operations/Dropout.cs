using System.Numerics;
using Distributed.Engine.Kernels;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Operations;

/// <summary>Inverted dropout: in training each unit is set to 0 with probability p, and the others are scaled up by as much.</summary>
/// <remarks><code>
/// forward    y = x·m,  m = 0 with probability p, else 1/(1 − p);  in an evaluation pass y = x
/// backward   ∂y/∂x = m
/// shapes     any → the same
/// source     Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov: Dropout (2014), there with the scale in the
///            evaluation instead
/// saves      m, as many elements as x
/// random     element i of a sample is dropped where word i of its stream is below p·2³². The stream is keyed by (seed, step, the
///            sample's number in the data set, the operation's place in the graph), so the mask is the same whoever computes the
///            sample and with whatever others
/// order      element by element: no sum
/// </code></remarks>
/// <param name="rate">p, 0 to below 1.</param>
public sealed class Dropout(float rate = 0.5f) : Operation
{
    private const int WordsPerBlock = 4;
    private const int WordsAtOnce = 256;

    public float Rate { get; } = rate >= 0 && rate < 1 ? rate
        : throw new ArgumentOutOfRangeException(nameof(rate), rate, "the rate of dropout is a number from 0 to below 1");

    public override string Name => "dropout";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override int SavedElements(ReadOnlySpan<Shape> inputs, int samples) => inputs[0].Elements(samples);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var x = context.Input(0);
        if (!context.Pass.Training)
        {
            x.CopyTo(context.Output);
            return;
        }
        var batched = context.InputShape(0).IsBatched;
        var mask = context.Saved[..x.Length];
        var features = batched ? x.Length / context.Samples : x.Length;
        for (var first = 0; first < x.Length; first += features)
        {
            var sample = batched ? context.Pass.SampleId(first / features) : 0;
            var random = new RandomStream(context.Pass.Seed, RandomPurpose.Layer, unchecked((uint)context.Pass.Step), (uint)sample,
                (uint)context.Index);
            FillMask(random, mask.Slice(first, features));
        }
        Elementwise.Multiply(x, mask, context.Output);
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var g = context.OutputGradient;
        if (context.Pass.Training) Elementwise.Multiply(g, context.Saved[..g.Length], context.InputGradient(0));
        else g.CopyTo(context.InputGradient(0));
    }

    private void FillMask<T>(in RandomStream random, Span<T> mask) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var dropped = (uint)(Rate * 4294967296.0);
        Span<uint> words = stackalloc uint[WordsAtOnce];
        // Looked up, not branched on: the outcome is not to be foreseen.
        Span<T> scales = [T.One / (T.One - T.CreateChecked(Rate)), T.Zero];
        for (var first = 0; first < mask.Length; first += WordsAtOnce)
        {
            var part = mask.Slice(first, Math.Min(WordsAtOnce, mask.Length - first));
            random.Fill((uint)(first / WordsPerBlock), words[..part.Length]);
            for (var i = 0; i < part.Length; i++) part[i] = scales[words[i] < dropped ? 1 : 0];
        }
    }
}
