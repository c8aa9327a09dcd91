using Distributed.Engine.Operations;

namespace Distributed.Onnx.Nodes;

/// <summary>Functions element by element, and softmax.</summary>
internal static class ActivationNodes
{
    public static string Elu(NodeScope scope) =>
        scope.Node("Elu", [scope.Input(0)], Attributes.Number("alpha", ((Elu)scope.Operation).Alpha));

    public static string LeakyRelu(NodeScope scope) =>
        scope.Node("LeakyRelu", [scope.Input(0)], Attributes.Number("alpha", ((LeakyRelu)scope.Operation).Alpha));

    /// <summary>Over the last axis.</summary>
    public static string Softmax(NodeScope scope) => scope.Node("Softmax", [scope.Input(0)], Attributes.Whole("axis", -1));

    /// <summary>1 where not x &lt; 0, else 0; NaN stays NaN: Where(x = x, …, x).</summary>
    public static string Step(NodeScope scope)
    {
        var x = scope.Input(0);
        var (zero, one) = (scope.Scalar("zero", 0), scope.Scalar("one", 1));
        var step = scope.Node("Where", [scope.Node("Less", [x, zero]), zero, one]);
        return scope.Node("Where", [scope.Node("Equal", [x, x]), step, x]);
    }
}
