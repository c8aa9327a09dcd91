using System.Collections.Immutable;

namespace Distributed.Engine.Graphs;

/// <summary>What an executor does, decided once: which operations run in which order, and where every buffer lies.</summary>
/// <remarks>
/// An <em>edge</em> is one use of a value by an operation through which a gradient flows. A value's gradient is complete when the
/// earliest operation that uses it has run backward; it lies in the buffer of its first edge. Invariants: a buffer is written
/// between the step that rents it and the step that returns it only; a parameter's first edge is its slice of the flat gradient.
/// </remarks>
internal sealed class ExecutionPlan
{
    private readonly Value _root;
    private readonly int _maxSamples;
    private readonly bool _keepGradients;
    private readonly ArenaPlanner _arena;
    private readonly Computation?[] _computations;
    private readonly bool[] _needed;
    private readonly List<(Value User, int Input)>[] _uses;
    private readonly ParameterSlice?[] _slices;

    /// <param name="alignment">Every buffer begins at a multiple of this many elements.</param>
    /// <param name="wanted">The values whose numbers will be read besides the root's, where chains of operations may be fused; null: none
    /// are fused, and every value has its numbers.</param>
    public ExecutionPlan(Graph graph, Value root, int maxSamples, int alignment, bool keepGradients,
        IReadOnlyCollection<Value>? wanted = null)
    {
        if (root.Graph != graph) throw new ArgumentException($"root {root} is a value of another graph", nameof(root));
        if (root.Operation is null)
            throw new ArgumentException($"root {root} is not the result of an operation: there is nothing to compute", nameof(root));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSamples, 1);
        (_root, _maxSamples, _keepGradients) = (root, maxSamples, keepGradients);
        _arena = new ArenaPlanner(alignment);
        Parameters = graph.Parameters;

        var count = root.Index + 1;
        _computations = wanted is null ? Fusion.None(graph, root) : Fusion.Find(graph, root, wanted);
        _needed = new bool[count];
        _uses = new List<(Value, int)>[count];
        _slices = new ParameterSlice?[count];
        Data = new Placement[count];
        Saved = new Placement[count];
        Scratch = new Placement[count];
        Gradients = new Placement[count];
        Edges = new Placement[count][];
        Kept = new bool[count];
        FirstEdges = new Placement[count];

        FindAncestors(graph);
        PlaceForward(graph);
        FindEdges(graph);
        PlaceBackward(graph);
        ReducesInTree = FindWhetherTreeReduces(graph);
    }

    public ParameterLayout Parameters { get; }

    /// <summary>Results in graph order.</summary>
    public ImmutableArray<Value> Forward { get; private set; }

    /// <summary>What backward does, operation by operation, from the root to the first.</summary>
    public ImmutableArray<BackwardStep> Backward { get; private set; }

    /// <summary>By value: its numbers. Parameters have none here.</summary>
    public Placement[] Data { get; }

    /// <summary>By value: what its operation keeps for backward.</summary>
    public Placement[] Saved { get; }

    /// <summary>By value: its operation's scratch memory, the same place for all.</summary>
    public Placement[] Scratch { get; }

    /// <summary>By value: its gradient, when it is complete.</summary>
    public Placement[] Gradients { get; }

    /// <summary>By value and input of its operation: where that edge's gradient is written.</summary>
    public Placement[][] Edges { get; }

    /// <summary>By value: whether its gradient is still there when backward has ended.</summary>
    public bool[] Kept { get; }

    /// <summary>By value used several times, where gradients are kept: its first edge's own gradient, the sum lying in the edge.</summary>
    public Placement[] FirstEdges { get; }

    /// <summary>Parameters to which no gradient flows.</summary>
    public ImmutableArray<ParameterSlice> Untouched { get; private set; }

    /// <summary>Elements of the arena.</summary>
    public int Elements => _arena.Elements;

    /// <summary>Why backward cannot run, as a sentence; null where it can.</summary>
    public string? WhyNoBackward { get; private set; }

    /// <inheritdoc cref="Executor{T}.ReducesInTree"/>
    public bool ReducesInTree { get; }

    public bool IsNeeded(Value value) => value.Index < _needed.Length && _needed[value.Index];

    public ParameterSlice? Slice(Value value) => _slices[value.Index];

    /// <summary>What computes a result here.</summary>
    public Computation Computation(Value value) => _computations[value.Index]!;

    private IReadOnlyList<Value> Inputs(Value value) => _computations[value.Index]?.Inputs ?? [];

    private void FindAncestors(Graph graph)
    {
        _needed[_root.Index] = true;
        for (var i = _root.Index; i >= 0; i--)
            if (_needed[i])
                foreach (var input in Inputs(graph.Values[i]))
                    _needed[input.Index] = true;
        Forward = [.. graph.Values.Take(_root.Index + 1).Where(value => _needed[value.Index] && value.Operation is not null)];
    }

    private void PlaceForward(Graph graph)
    {
        var parameter = 0;
        var scratch = new int[_root.Index + 1];
        for (var i = 0; i <= _root.Index; i++)
        {
            var value = graph.Values[i];
            if (value.Kind == ValueKind.Parameter)
                _slices[i] = Parameters.Slices[parameter++];
            else if (_needed[i])
                Data[i] = _arena.Keep(value.Shape.Elements(_maxSamples));
            if (!_needed[i] || _computations[i] is not { } computation) continue;
            Shape[] shapes = [.. computation.Inputs.Select(input => input.Shape)];
            Saved[i] = _arena.Keep(computation.Operation.SavedElements(shapes, _maxSamples));
            scratch[i] = computation.Operation.ScratchElements(shapes, _maxSamples);
        }
        var shared = _arena.Keep(scratch.Max());
        for (var i = 0; i <= _root.Index; i++)
            if (scratch[i] > 0) Scratch[i] = shared with { Elements = scratch[i] };
    }

    private void FindEdges(Graph graph)
    {
        for (var i = 0; i <= _root.Index; i++) _uses[i] = [];
        if (!_root.NeedsGradient) return;
        for (var i = _root.Index; i >= 0; i--)
        {
            var value = graph.Values[i];
            if (i != _root.Index && _uses[i].Count == 0) continue;
            // From the last input to the first, so that turned round below the list is in the order of use.
            var inputs = Inputs(value);
            for (var input = inputs.Count - 1; input >= 0; input--)
                if (inputs[input].NeedsGradient && _computations[i]!.Operation.HasGradient(input))
                    _uses[inputs[input].Index].Add((value, input));
        }
        foreach (var uses in _uses) uses.Reverse();
    }

    private void PlaceBackward(Graph graph)
    {
        var finalAt = new List<(int Low, int Step)>();
        var steps = new List<BackwardStep>();
        if (_root.NeedsGradient)
        {
            Gradients[_root.Index] = _arena.Keep(_root.Shape.Elements(_maxSamples));
            Kept[_root.Index] = true;
        }
        var open = new SortedSet<int>(Parameters.Slices.Select((slice, index) => (slice, index))
            .Where(pair => ParameterIsTouched(graph, pair.index)).Select(pair => pair.slice.End));
        Untouched = [.. Parameters.Slices.Where(slice => !open.Contains(slice.End))];

        for (var i = _root.Index; i >= 0; i--)
        {
            var value = graph.Values[i];
            if (_computations[i] is not { } computation || !Gradients[i].Exists) continue;
            if (computation.Operation.WhyNoGradient is { } why)
                WhyNoBackward ??= $"{value.Name}: a gradient was asked for through an operation that has none: {why}";
            var merges = new List<Merge>();
            Edges[i] = new Placement[computation.Inputs.Count];
            for (var input = 0; input < computation.Inputs.Count; input++) PlaceEdge(value, input);
            foreach (var input in computation.Inputs.Distinct())
            {
                var uses = _uses[input.Index];
                if (uses.Count == 0 || uses[0].User != value) continue;
                Gradients[input.Index] = Edges[i][uses[0].Input];
                if (uses.Count > 1)
                    merges.Add(new Merge(input, [.. uses.Skip(1).Select(use => Edges[use.User.Index][use.Input])]));
                if (_slices[input.Index] is { } slice) open.Remove(slice.End);
                if (_keepGradients && uses.Count > 1) FirstEdges[input.Index] = _arena.Keep(input.Shape.Elements(_maxSamples));
                Kept[input.Index] = _keepGradients || input.Operation is null;
            }
            if (!_keepGradients)
            {
                foreach (var merge in merges)
                    foreach (var edge in merge.Others)
                        _arena.Return(edge);
                if (i != _root.Index) _arena.Return(Gradients[i]);
            }
            steps.Add(new BackwardStep(value, [.. merges], open.Count == 0 ? 0 : open.Max));
        }
        Backward = [.. steps];
        PlaceZeroGradients(graph);
    }

    private void PlaceEdge(Value value, int input)
    {
        var source = Inputs(value)[input];
        var uses = _uses[source.Index];
        if (!uses.Contains((value, input))) return;
        var elements = source.Shape.Elements(_maxSamples);
        if (uses[0] == (value, input) && _slices[source.Index] is { } slice)
            Edges[value.Index][input] = new Placement(Home.FlatGradient, slice.Offset, elements);
        else if (source.Kind == ValueKind.Input)
            Edges[value.Index][input] = _arena.Keep(elements);
        else
            Edges[value.Index][input] = _arena.Rent(elements);
    }

    /// <summary>Inputs that ask for a gradient to which none flows: a buffer that stays +0.</summary>
    private void PlaceZeroGradients(Graph graph)
    {
        for (var i = 0; i <= _root.Index; i++)
            if (_needed[i] && graph.Values[i] is { Kind: ValueKind.Input, NeedsGradient: true } input && _uses[i].Count == 0)
            {
                Gradients[i] = _arena.Keep(input.Shape.Elements(_maxSamples));
                Kept[i] = true;
            }
    }

    private bool ParameterIsTouched(Graph graph, int parameter)
    {
        var value = graph.Values.Where(value => value.Kind == ValueKind.Parameter).ElementAt(parameter);
        return value.Index <= _root.Index && _uses[value.Index].Count > 0;
    }

    private bool FindWhetherTreeReduces(Graph graph)
    {
        for (var i = 0; i <= _root.Index; i++)
        {
            var value = graph.Values[i];
            if (value.Shape.IsBatched || _uses[i].Count == 0) continue;
            foreach (var (user, input) in _uses[i])
            {
                var overSamples = user.Shape.IsBatched || Inputs(user).Any(other => other.Shape.IsBatched);
                var inTree = overSamples && _computations[user.Index]!.Operation.ReducesOverSamples(input) && _uses[i].Count == 1;
                if (value.Kind == ValueKind.Parameter ? !inTree : overSamples) return false;
            }
        }
        return true;
    }
}

/// <summary>One operation's part of backward.</summary>
/// <param name="Value">The result whose operation runs.</param>
/// <param name="Merges">Values used several times whose last edge this operation writes.</param>
/// <param name="LowWater">Afterwards every element of the flat gradient from this index on is final.</param>
internal sealed record BackwardStep(Value Value, ImmutableArray<Merge> Merges, int LowWater);

/// <summary>The edges of a value beyond the first, in the order of use: they are added to the first one by one.</summary>
internal sealed record Merge(Value Value, ImmutableArray<Placement> Others);
