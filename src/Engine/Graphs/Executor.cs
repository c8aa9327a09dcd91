using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;
using Distributed.Engine.Training;

namespace Distributed.Engine.Graphs;

/// <summary>Runs a graph forward and backward for up to a fixed number of samples, in one arena, without allocating.</summary>
/// <remarks>
/// Forward runs the ancestors of the root in graph order; backward runs them in reverse and touches every edge once. A value with
/// one use has that edge's gradient as its own; with several, the gradients of its edges are added in the order of use: by
/// operation in graph order, then by the operation's inputs. One thread at a time.
/// </remarks>
public sealed class Executor<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int AlignmentBytes = 64;

    private readonly ExecutionPlan _plan;
    private readonly Value _root;
    private readonly bool _keepGradients;
    private readonly T[] _arena;
    private readonly int _origin;
    private ReadOnlyMemory<T> _parameters;
    private Memory<T> _gradient;
    private Pass _pass;
    private bool _hasGradients;

    // Of the backward pass that runs: who waits for the gradient, from where on it is final, and which step is taken.
    private GradientReady? _ready;
    private int _final;
    private BackwardStep? _step;

    // The rows that the step's operation tells of.
    private RowsDone? _rowsDone;
    private int _rowsAt, _rowElements, _rowsEnd;

    /// <param name="root">What is computed: a scalar, or losses [B], one a sample.</param>
    /// <param name="maxSamples">The most samples of a pass; at least 1.</param>
    /// <param name="keepGradients">For inspection: every gradient has its own buffer, so <see cref="GradientOf"/> works for every
    /// value, and outputs and gradients are filled with NaN before an operation writes them, so that an element it leaves out
    /// shows.</param>
    public Executor(Graph graph, Value root, int maxSamples, bool keepGradients = false)
        : this(graph, root, maxSamples, keepGradients, null)
    {
    }

    /// <param name="wanted">The values whose numbers the caller will read besides the root's: where there are none of its own, an executor
    /// need not compute each value between. The bits are the same. Null: every value is there to be read.</param>
    /// <inheritdoc cref="Executor{T}(Graph, Value, int, bool)"/>
    internal Executor(Graph graph, Value root, int maxSamples, bool keepGradients, IReadOnlyCollection<Value>? wanted)
    {
        if (keepGradients || typeof(T) != typeof(float)) wanted = null; // every value is shown, or has no fused kernel
        _plan = new ExecutionPlan(graph, root, maxSamples, AlignmentBytes / Unsafe.SizeOf<T>(), keepGradients, wanted);
        (_root, MaxSamples, _keepGradients) = (root, maxSamples, keepGradients);
        _arena = GC.AllocateArray<T>(_plan.Elements + (AlignmentBytes / Unsafe.SizeOf<T>()), pinned: true);
        _origin = AlignedOrigin(_arena);
        if (root.NeedsGradient) Find(_plan.Gradients[root.Index], root.Shape.Elements(maxSamples)).Fill(T.One);
    }

    public int MaxSamples { get; }

    /// <summary>Elements of the arena: values, saved buffers and gradients.</summary>
    public int ArenaElements => _plan.Elements;

    /// <summary>Whether backward sums over samples in the reduction tree: every parameter is used once, by an operation that takes
    /// its gradient in the tree itself, and no other value mixes samples.</summary>
    /// <remarks>Where it is false only a layout of one shard gives the defined answer; shard sums are then added outside.</remarks>
    public bool ReducesInTree => _plan.ReducesInTree;

    /// <summary>Where the caller writes an input before <see cref="Forward(ReadOnlyMemory{T}, Pass)"/>.</summary>
    public Span<T> Input(Value input, int samples)
    {
        CheckSamples(samples);
        if (input.Kind != ValueKind.Input) throw new ArgumentException($"{input} is not an input but a {input.Kind}", nameof(input));
        CheckNeeded(input);
        return Find(_plan.Data[input.Index], input.Shape.Elements(samples));
    }

    /// <summary>Computes the root in an evaluation pass over <paramref name="samples"/> samples.</summary>
    public void Forward(ReadOnlyMemory<T> parameters, int samples) => Forward(parameters, new Pass(samples));

    /// <summary>Computes the root from the inputs written before.</summary>
    /// <param name="parameters">The flat vector; read until the end of the <see cref="Backward"/> that follows.</param>
    /// <param name="pass">1..<see cref="MaxSamples"/> samples, in one shard unless <see cref="ReducesInTree"/>.</param>
    public void Forward(ReadOnlyMemory<T> parameters, Pass pass)
    {
        CheckSamples(pass.Samples);
        if (pass.Shards.Length > 2 && !ReducesInTree)
            throw new ArgumentException($"{pass.Shards.Length - 1} shards were given, but this graph does not sum over samples in the "
                + "reduction tree: run it shard by shard and add the gradients", nameof(pass));
        if (!pass.SampleIds.IsEmpty && pass.SampleIds.Length != pass.Samples)
            throw new ArgumentException($"the pass has {pass.Samples} samples and the numbers of {pass.SampleIds.Length}", nameof(pass));
        if (parameters.Length != _plan.Parameters.Count)
            throw new ArgumentException($"the model has {_plan.Parameters.Count} parameters, got {parameters.Length}",
                nameof(parameters));
        (_parameters, _pass, _hasGradients) = (parameters, pass, false);
        foreach (var value in _plan.Forward)
        {
            if (_keepGradients) Output(value).Fill(T.NaN);
            _plan.Computation(value).Operation.Forward(new ForwardContext<T>(this, value));
        }
    }

    /// <summary>The gradient of the sum of the root's elements, after <see cref="Forward(ReadOnlyMemory{T}, Pass)"/>.</summary>
    /// <param name="gradient">The flat gradient, written whole: +0 for parameters that the root does not depend on.</param>
    /// <param name="ready">Called whenever more of the gradient is final; the last call has 0.</param>
    public void Backward(Memory<T> gradient, GradientReady? ready = null)
    {
        if (_pass.Samples == 0) throw new InvalidOperationException("backward was called before forward");
        if (_plan.WhyNoBackward is { } why) throw new InvalidOperationException(why);
        if (gradient.Length != _plan.Parameters.Count)
            throw new ArgumentException($"the model has {_plan.Parameters.Count} parameters, "
                + $"the gradient has {gradient.Length} elements", nameof(gradient));
        _gradient = gradient;
        foreach (var slice in _plan.Untouched) gradient.Span.Slice(slice.Offset, slice.Count).Clear();

        (_ready, _final) = (ready, _plan.Parameters.Count);
        foreach (var step in _plan.Backward)
        {
            if (_keepGradients) FillEdgesWithNaN(step.Value);
            _step = step;
            _plan.Computation(step.Value).Operation.Backward(new BackwardContext<T>(this, step.Value));
            foreach (var merge in step.Merges) AddEdges(merge);
            FinalFrom(step.LowWater, isFinite: false);
        }
        _hasGradients = true;
        if (_final > 0 || _plan.Parameters.Count == 0) ready?.Invoke(0, false);
        _ready = null;
    }

    /// <inheritdoc cref="BackwardContext{T}.RowsDone"/>
    internal RowsDone? RowsDone(Value value, int input, int rows, int rowElements)
    {
        var place = _plan.Edges[value.Index][input];
        var ordered = place.Home == Home.FlatGradient && _step is { Merges.IsEmpty: true } step && step.LowWater <= place.Offset;
        if (_ready is null || !ordered) return null;
        (_rowsAt, _rowElements, _rowsEnd) = (place.Offset, rowElements, place.Offset + (rows * rowElements));
        return _rowsDone ??= OnRowsDone;
    }

    private void OnRowsDone(int row, bool isFinite)
    {
        if (isFinite) FinalFrom(_rowsEnd, isFinite: false); // nothing is said of what lies behind them
        FinalFrom(_rowsAt + (row * _rowElements), isFinite);
    }

    /// <summary>Every element of the flat gradient from an index on is final.</summary>
    /// <param name="isFinite">Those up to where it was called with before are known to be finite.</param>
    private void FinalFrom(int index, bool isFinite)
    {
        if (index >= _final) return;
        _final = index;
        _ready?.Invoke(index, isFinite);
    }

    /// <summary>The numbers of a value after <see cref="Forward(ReadOnlyMemory{T}, Pass)"/>.</summary>
    public ReadOnlySpan<T> Values(Value value)
    {
        CheckNeeded(value);
        return Data(value);
    }

    /// <summary>∂root/∂value after <see cref="Backward"/>: of a parameter, an input that asked for it, the root, or, with
    /// keepGradients, of any value it flows to.</summary>
    public ReadOnlySpan<T> GradientOf(Value value)
    {
        CheckNeeded(value);
        if (value.Kind == ValueKind.Parameter)
        {
            var slice = _plan.Slice(value)!;
            return _gradient.Span.Slice(slice.Offset, slice.Count);
        }
        if (!_plan.Gradients[value.Index].Exists) throw new InvalidOperationException($"no gradient flows to {value}");
        if (!_plan.Kept[value.Index])
            throw new InvalidOperationException($"the gradient of {value} was overwritten: make the executor with keepGradients");
        return Gradient(value);
    }

    /// <summary>∂(what is differentiated)/∂root, which backward begins with, after <see cref="Forward(ReadOnlyMemory{T}, Pass)"/>: ones,
    /// so that the sum of the root's elements is, unless the caller writes others. They stay for later passes.</summary>
    public Span<T> RootGradient => _root.NeedsGradient
        ? Find(_plan.Gradients[_root.Index], _root.Shape.Elements(_pass.Samples))
        : throw new InvalidOperationException($"no gradient flows to {_root}: nothing that it is computed from asks for one");

    /// <summary>The inputs and parameters that the root is computed from, in graph order.</summary>
    public IEnumerable<Value> Leaves =>
        NeededValues.Where(value => value.Operation is null);

    internal Value Root => _root;

    internal bool KeepsGradients => _keepGradients;

    /// <summary>The root and all that it is computed from, in graph order.</summary>
    internal IEnumerable<Value> NeededValues => _root.Graph.Values.Where(_plan.IsNeeded);

    /// <summary>What backward does, operation by operation, from the root to the first.</summary>
    internal ImmutableArray<BackwardStep> BackwardSteps => _plan.Backward;

    /// <summary>Whether backward has run and has brought a gradient to a value.</summary>
    internal bool HasGradient(Value value) => _hasGradients && _plan.Gradients[value.Index].Exists;

    /// <summary>Whether backward has run and has brought a gradient through one use of a value.</summary>
    internal bool HasGradientThrough(Value user, int input) =>
        _hasGradients && _plan.Edges[user.Index] is { } edges && edges[input].Exists;

    /// <summary>∂root/∂input through one use of it alone; where gradients are kept.</summary>
    internal ReadOnlySpan<T> GradientThrough(Value user, int input)
    {
        var source = Inputs(user)[input];
        var first = _plan.FirstEdges[source.Index];
        var isFirst = _plan.Edges[user.Index][input] == _plan.Gradients[source.Index];
        return first.Exists && isFirst ? Find(first, source.Shape.Elements(_pass.Samples)) : EdgeGradient(user, input);
    }

    internal ref readonly Pass Pass => ref _pass;

    /// <summary>The inputs of what computes a value here.</summary>
    internal IReadOnlyList<Value> Inputs(Value value) => _plan.Computation(value).Inputs;

    internal ReadOnlySpan<T> Data(Value value) => _plan.Slice(value) is { } slice
        ? _parameters.Span.Slice(slice.Offset, slice.Count)
        : Find(_plan.Data[value.Index], value.Shape.Elements(_pass.Samples));

    internal Span<T> Output(Value value) => Find(_plan.Data[value.Index], value.Shape.Elements(_pass.Samples));

    internal Span<T> Saved(Value value)
    {
        var saved = _plan.Saved[value.Index];
        return saved.Exists ? Find(saved, saved.Elements) : [];
    }

    internal Span<T> Scratch(Value value)
    {
        var scratch = _plan.Scratch[value.Index];
        return scratch.Exists ? Find(scratch, scratch.Elements) : [];
    }

    internal ReadOnlySpan<T> Gradient(Value value) => Find(_plan.Gradients[value.Index], value.Shape.Elements(_pass.Samples));

    internal bool HasEdge(Value value, int input) => _plan.Edges[value.Index][input].Exists;

    internal Span<T> EdgeGradient(Value value, int input) =>
        Find(_plan.Edges[value.Index][input], Inputs(value)[input].Shape.Elements(_pass.Samples));

    private static unsafe int AlignedOrigin(T[] arena)
    {
        fixed (T* start = arena)
        {
            var past = (int)((nuint)start % AlignmentBytes);
            return past == 0 ? 0 : (AlignmentBytes - past) / Unsafe.SizeOf<T>();
        }
    }

    private Span<T> Find(Placement buffer, int elements) => buffer.Home switch
    {
        Home.Arena => _arena.AsSpan(_origin + buffer.Offset, elements),
        Home.FlatGradient => _gradient.Span.Slice(buffer.Offset, elements),
        _ => throw new InvalidOperationException("an operation asked for a buffer that was not planned"),
    };

    private void AddEdges(Merge merge)
    {
        var elements = merge.Value.Shape.Elements(_pass.Samples);
        var sum = Find(_plan.Gradients[merge.Value.Index], elements);
        var first = _plan.FirstEdges[merge.Value.Index];
        if (first.Exists) sum.CopyTo(Find(first, elements));
        foreach (var other in merge.Others) Elementwise.AddInto<T>(Find(other, elements), sum);
    }

    private void FillEdgesWithNaN(Value value)
    {
        for (var input = 0; input < Inputs(value).Count; input++)
            if (HasEdge(value, input)) EdgeGradient(value, input).Fill(T.NaN);
    }

    private void CheckSamples(int samples)
    {
        if (samples < 1 || samples > MaxSamples)
            throw new ArgumentOutOfRangeException(nameof(samples), samples, $"a pass of this executor has 1 to {MaxSamples} samples");
    }

    private void CheckNeeded(Value value)
    {
        if (value.Graph != _root.Graph || !_plan.IsNeeded(value))
            throw new ArgumentException($"{value} is not part of what {_root} is computed from", nameof(value));
    }
}
