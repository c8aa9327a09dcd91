using System.Numerics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Training;

/// <summary>Adds a power of two of flat gradients, leaf after leaf, pairwise in the fixed tree: ((g0 + g1) + (g2 + g3)) + ….</summary>
/// <remarks>Holds log2(leaves) vectors beside the root; a subtree is added as soon as it is complete. Allocates nothing after the
/// constructor.</remarks>
internal sealed class TreeAccumulator
{
    private readonly float[][] _partials;
    private Memory<float> _root;
    private int _open;
    private int _leaves;

    public TreeAccumulator(int elements, int maxLeaves)
    {
        _partials = new float[BitOperations.Log2((uint)maxLeaves)][];
        for (var i = 0; i < _partials.Length; i++) _partials[i] = new float[elements];
    }

    /// <summary>Starts a new tree whose sum will be in <paramref name="root"/>, which is also used on the way.</summary>
    public void Begin(Memory<float> root) => (_root, _open, _leaves) = (root, 0, 0);

    /// <summary>Where the next leaf is to be written, whole, before <see cref="Add"/>.</summary>
    public Memory<float> Leaf => At(_open);

    /// <summary>Adds the leaf just written.</summary>
    public void Add()
    {
        _open++;
        for (var merges = BitOperations.TrailingZeroCount(~_leaves); merges > 0; merges--)
        {
            _open--;
            var left = At(_open - 1).Span;
            Elementwise.TreeAdd<float>(left, At(_open).Span, left);
        }
        _leaves++;
    }

    private Memory<float> At(int place) => place == 0 ? _root : _partials[place - 1];
}
