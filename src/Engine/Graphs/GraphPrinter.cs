using System.Globalization;
using System.Numerics;
using System.Text;

namespace Distributed.Engine.Graphs;

/// <summary>Prints a graph that an executor has run: what is computed from what, each value's numbers and its gradient.</summary>
/// <remarks>
/// As text, one line a value. For Graphviz (<c>dot -Tsvg</c>), as the lectures draw it: a node for each operation, an edge for each use
/// of a value, the forward value in green above the edge and the gradient that comes back through it in red below. Where a value is
/// used several times its own gradient is the sum of those of its edges. Of a tensor the first numbers are shown. The
/// executor must have been made with keepGradients; before its backward pass gradients are left out.
/// </remarks>
public static class GraphPrinter
{
    /// <summary>Numbers shown of a tensor; of one that has more, one fewer and an ellipsis.</summary>
    private const int MostNumbers = 4;

    /// <param name="format">Of numbers, in the invariant culture.</param>
    public static string ToText<T>(Executor<T> executor, string format = "G4") where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(executor);
        List<string[]> rows = [["value", "computed as", "shape", "forward", "gradient"]];
        foreach (var value in executor.NeededValues)
        {
            var source = value.Operation is null
                ? value.Kind == ValueKind.Parameter ? "parameter" : "input"
                : $"{value.Operation.Symbol}({string.Join(", ", value.Inputs.Select(input => input.Name))})";
            var gradient = executor.HasGradient(value) ? Numbers(executor.GradientOf(value), format) : "";
            rows.Add([value.Name, source, $"{value.Shape}", Numbers(executor.Values(value), format), gradient]);
        }
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var line = string.Join("  ", row.Select((cell, column) => cell.PadRight(rows.Max(other => other[column].Length))));
            text.Append(line.TrimEnd()).Append('\n');
        }
        return text.ToString();
    }

    /// <inheritdoc cref="ToText"/>
    public static string ToDot<T>(Executor<T> executor, string format = "G4") where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(executor);
        var dot = new StringBuilder("digraph {\n  rankdir=LR;\n  node [shape=circle];\n");
        foreach (var value in executor.NeededValues)
        {
            var look = value.Operation is null ? $"\"{Escaped(value.Name)}\", shape=plaintext" : $"\"{Escaped(value.Operation.Symbol)}\"";
            dot.Append(CultureInfo.InvariantCulture, $"  v{value.Index} [label={look}];\n");
            for (var input = 0; input < value.Inputs.Count; input++)
            {
                var source = value.Inputs[input];
                var gradient = executor.HasGradientThrough(value, input) ? executor.GradientThrough(value, input) : [];
                Edge(source, $"v{value.Index}", executor.Values(source), gradient);
            }
        }
        dot.Append("  result [label=\"\", shape=none];\n");
        Edge(executor.Root, "result", executor.Values(executor.Root),
            executor.HasGradient(executor.Root) ? executor.GradientOf(executor.Root) : []);
        return dot.Append("}\n").ToString();

        void Edge(Value source, string target, ReadOnlySpan<T> numbers, ReadOnlySpan<T> gradient)
        {
            var shape = source.Shape == Shape.Scalar ? "" : $"{source.Shape} ";
            var below = gradient.IsEmpty ? "" : $"<br/><font color=\"#c00000\">{shape}{Numbers(gradient, format)}</font>";
            dot.Append(CultureInfo.InvariantCulture, $"  v{source.Index} -> {target} [label=<");
            dot.Append(CultureInfo.InvariantCulture, $"<font color=\"#00802b\">{shape}{Numbers(numbers, format)}</font>{below}>];\n");
        }
    }

    private static string Numbers<T>(ReadOnlySpan<T> numbers, string format) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var shown = new List<string>();
        foreach (var number in numbers[..(numbers.Length <= MostNumbers ? numbers.Length : MostNumbers - 1)])
            shown.Add(number.ToString(format, CultureInfo.InvariantCulture));
        if (numbers.Length > MostNumbers) shown.Add("…");
        return string.Join(" ", shown);
    }

    private static string Escaped(string label) =>
        label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static void Check<T>(Executor<T> executor) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!executor.KeepsGradients)
            throw new ArgumentException("to print a graph its executor is made with keepGradients, "
                + "so that the gradients of all values are still there", nameof(executor));
    }
}
