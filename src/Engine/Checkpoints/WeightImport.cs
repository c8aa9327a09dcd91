using Distributed.Engine.Graphs;

namespace Distributed.Engine.Checkpoints;

/// <summary>Puts tensors of another program where a model has its parameters.</summary>
public static class WeightImport
{
    /// <param name="source">The file, for messages.</param>
    /// <param name="axes">By parameter: axis i of it is axis axes[i] of the tensor, as in NumPy's transpose.</param>
    /// <returns>The flat vector of <paramref name="layout"/>.</returns>
    /// <exception cref="CheckpointException">Parameters are missing, tensors are too many or of other shapes, of types that are not read, or hold
    /// what is no finite number: all of it in one sentence.</exception>
    public static float[] Of(string source, IReadOnlyList<ForeignTensor> tensors, ParameterLayout layout, TensorNames names, IReadOnlyDictionary<string, int[]> axes)
    {
        var slices = layout.Slices.ToDictionary(slice => slice.Name);
        var found = new Dictionary<string, ForeignTensor>();
        var (extra, wrong) = (new List<string>(), new List<string>());
        var weights = new float[layout.Count];
        foreach (var tensor in tensors)
        {
            if (names.Of(tensor.Name, slices.ContainsKey) is not { } name) continue;
            if (!slices.TryGetValue(name, out var slice)) extra.Add(name == tensor.Name ? $"{tensor}" : $"{tensor} (as {name})");
            else if (!found.TryAdd(name, tensor)) wrong.Add($"{found[name]} and {tensor} are both {name}");
            else if (Put(tensor, slice, axes.GetValueOrDefault(name), weights.AsSpan(slice.Offset, slice.Count)) is { } problem) wrong.Add(problem);
        }
        string[] missing = [.. layout.Slices.Where(slice => !found.ContainsKey(slice.Name)).Select(slice => $"{slice.Name} {slice.Shape}")];
        string[] problems =
        [
            .. List("missing: ", missing),
            .. List("not in the model: ", extra),
            .. wrong,
            .. List("the map is about what the file does not have: ", [.. names.Unused.Select(name => $"\"{name}\"")]),
            .. List("to be transposed, and not in the model: ", [.. axes.Keys.Where(name => !slices.ContainsKey(name))]),
        ];
        return problems.Length == 0 ? weights : throw new CheckpointException($"{source} does not fit the model; {string.Join("; ", problems)}");
    }

    private static string[] List(string what, IReadOnlyCollection<string> names) => names.Count == 0 ? [] : [what + string.Join(", ", names)];

    /// <returns>What is wrong with the tensor; null: it was copied.</returns>
    private static string? Put(ForeignTensor tensor, ParameterSlice slice, int[]? axes, Span<float> weights)
    {
        if (tensor.Data is not { } data) return $"{tensor} has elements of type {tensor.Type}; F32, F16, BF16 and F64 are read";
        var shape = tensor.Shape;
        if (axes is not null)
        {
            if (axes.Length != shape.Rank || !axes.Order().SequenceEqual(Enumerable.Range(0, axes.Length)))
                return $"{tensor} cannot be transposed by {string.Join(',', axes)}: each of its {shape.Rank} axes is wanted once, counted from 0";
            (shape, data) = Transposed(shape, data, axes);
        }
        if (shape != slice.Shape)
        {
            var turned = axes is null && shape.Rank == 2 && slice.Shape.Rank == 2 && shape[0] == slice.Shape[1] && shape[1] == slice.Shape[0];
            return $"{tensor}{(axes is null ? "" : $", transposed {shape}")}: {slice.Name} {slice.Shape} is wanted"
                + (turned ? $" (--transpose {slice.Name}=1,0 makes it so)" : "");
        }
        for (var i = 0; i < data.Length; i++)
            if (!float.IsFinite(data[i])) return $"{tensor}: element {i} is {data[i]}, which is no finite float32";
        data.CopyTo(weights);
        return null;
    }

    private static (Shape Shape, float[] Data) Transposed(Shape shape, float[] data, int[] axes)
    {
        var extents = Array.ConvertAll(axes, axis => shape[axis]);
        var steps = new int[shape.Rank];
        for (var (axis, step) = (shape.Rank - 1, 1); axis >= 0; step *= shape[axis--]) steps[axis] = step;
        var result = new float[data.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var (rest, from) = (i, 0);
            for (var axis = axes.Length - 1; axis >= 0; rest /= extents[axis--]) from += rest % extents[axis] * steps[axes[axis]];
            result[i] = data[from];
        }
        return (new Shape(extents), result);
    }
}
