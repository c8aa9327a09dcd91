using Distributed.Engine.Kernels;
using Distributed.Engine.Optimizers;

namespace Distributed.WidthProbe;

/// <summary>Every elementwise kernel at lengths 0 to 256, from awkward offsets, with extremes among the arguments.</summary>
internal static class ElementwiseProbe
{
    private static readonly Sgd s_sgd = new(0.1f, 0.9f);

    private delegate void Kernel(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result);

    public static void Run()
    {
        Probe("negate", (x, _, r) => Elementwise.Negate(x, r));
        Probe("sqrt", (x, _, r) => Elementwise.Sqrt(x, r));
        Probe("square", (x, _, r) => Elementwise.Square(x, r));
        Probe("exp", (x, _, r) => Elementwise.Exp(x, r));
        Probe("log", (x, _, r) => Elementwise.Log(x, r));
        Probe("log1p", (x, _, r) => Elementwise.Log1p(x, r));
        Probe("tanh", (x, _, r) => Elementwise.Tanh(x, r));
        Probe("sigmoid", (x, _, r) => Elementwise.Sigmoid(x, r));
        Probe("relu", (x, _, r) => Elementwise.Relu(x, r));
        Probe("add-scalar", (x, _, r) => Elementwise.AddScalar(x, 0.3f, r));
        Probe("scale", (x, _, r) => Elementwise.Scale(x, 0.3f, r));
        Probe("leaky-relu", (x, _, r) => Elementwise.LeakyRelu(x, 0.01f, r));
        Probe("elu", (x, _, r) => Elementwise.Elu(x, 0.7f, r));
        Probe("add", Elementwise.Add);
        Probe("tree-add", Elementwise.TreeAdd);
        Probe("subtract", Elementwise.Subtract);
        Probe("multiply", Elementwise.Multiply);
        Probe("divide", Elementwise.Divide);
        Probe("add-scaled", (x, y, r) => Elementwise.AddScaled(x, y, -0.1f, r));
        Probe("relu-backward", Elementwise.ReluBackward);
        Probe("leaky-relu-backward", (x, y, r) => Elementwise.LeakyReluBackward(x, y, 0.01f, r));
        Probe("elu-backward", (x, y, r) => Elementwise.EluBackward(x, y, 0.7f, r));
        Probe("tanh-backward", Elementwise.TanhBackward);
        Probe("sigmoid-backward", Elementwise.SigmoidBackward);
        Probe("multiply-add", (x, y, r) => Elementwise.MultiplyAdd(x, y, x, r));
        Probe("bytes-scaled", (x, y, r) => ByteScaling.Scale(Bytes(x), 33.3f, 78.6f, r));
        Probe("bytes-scaled-by-place", (x, y, r) => ByteScaling.Scale(Bytes(x), y, x, r));
        foreach (var samples in new[] { 8, 96 })
            Probe($"step-from-{samples}-sums", (x, y, r) => s_sgd.UpdateFromSums(new UpdateStep(0), 0, x, y, samples, y, r, s_sgd.NewState(r.Length)));
        using var softmax = new Record("softmax");
        var inputs = new Inputs(7);
        for (var classes = 1; classes <= 40; classes++)
        {
            var (p, lse) = (new float[3 * classes], new float[3]);
            Softmax.Rows<float>(classes, inputs.Take(3 * classes), p, lse);
            softmax.Add(p);
            softmax.Add(lse);
        }
    }

    private static byte[] Bytes(ReadOnlySpan<float> x) => [.. x.ToArray().Select(element => (byte)BitConverter.SingleToInt32Bits(element))];

    private static void Probe(string name, Kernel kernel)
    {
        using var record = new Record(name);
        var inputs = new Inputs(1);
        for (var length = 0; length <= 256; length++)
        {
            var offset = length % 5;
            var result = new float[length];
            kernel(inputs.Take(length + offset, extremes: true).AsSpan(offset), inputs.Take(length + 1, extremes: true).AsSpan(1), result);
            record.Add(result);
        }
    }
}
