using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public class ElementwiseTests
{
    public delegate void Unary(ReadOnlySpan<float> x, Span<float> result);

    public delegate void Binary(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result);

    private static readonly Dictionary<string, (Unary Kernel, Func<float, float> One)> UnaryKernels = new()
    {
        ["negate"] = (Elementwise.Negate, x => -x),
        ["sqrt"] = (Elementwise.Sqrt, MathF.Sqrt),
        ["square"] = (Elementwise.Square, x => x * x),
        ["exp"] = (Elementwise.Exp, FloatMath.Exp),
        ["log"] = (Elementwise.Log, FloatMath.Log),
        ["log1p"] = (Elementwise.Log1p, FloatMath.Log1p),
        ["tanh"] = (Elementwise.Tanh, FloatMath.Tanh),
        ["sigmoid"] = (Elementwise.Sigmoid, FloatMath.Sigmoid),
        ["relu"] = (Elementwise.Relu, x => float.IsNaN(x) ? x : x > 0 ? x : 0f),
        ["add scalar"] = ((x, r) => Elementwise.AddScalar(x, 0.3f, r), x => x + 0.3f),
        ["scale"] = ((x, r) => Elementwise.Scale(x, 0.3f, r), x => x * 0.3f),
        ["leaky relu"] = ((x, r) => Elementwise.LeakyRelu(x, 0.01f, r), x => x > 0 ? x : 0.01f * x),
        ["elu"] = ((x, r) => Elementwise.Elu(x, 0.7f, r), x => x > 0 ? x : 0.7f * FloatMath.Expm1OfNegative(x)),
    };

    private static readonly Dictionary<string, (Binary Kernel, Func<float, float, float> One)> BinaryKernels = new()
    {
        ["add"] = (Elementwise.Add, (x, y) => x + y),
        ["tree add"] = (Elementwise.TreeAdd, (x, y) => x + y),
        ["subtract"] = (Elementwise.Subtract, (x, y) => x - y),
        ["multiply"] = (Elementwise.Multiply, (x, y) => x * y),
        ["divide"] = (Elementwise.Divide, (x, y) => x / y),
        ["add scaled"] = ((x, y, r) => Elementwise.AddScaled(x, y, -0.1f, r), (x, y) => MathF.FusedMultiplyAdd(-0.1f, y, x)),
        ["relu backward"] = (Elementwise.ReluBackward, (dy, y) => y > 0 ? dy : 0f),
        ["leaky relu backward"] = ((dy, x, r) => Elementwise.LeakyReluBackward(dy, x, 0.01f, r), (dy, x) => x > 0 ? dy : 0.01f * dy),
        ["elu backward"] = ((dy, x, r) => Elementwise.EluBackward(dy, x, 0.7f, r),
            (dy, x) => x > 0 ? dy : dy * (0.7f * FloatMath.Exp(x))),
        ["tanh backward"] = (Elementwise.TanhBackward, (dy, y) => dy * MathF.FusedMultiplyAdd(-y, y, 1f)),
        ["sigmoid backward"] = (Elementwise.SigmoidBackward, (dy, y) => dy * (y * (1f - y))),
        ["multiply add"] = ((x, y, r) => Elementwise.MultiplyAdd(x, y, x, r), (x, y) => MathF.FusedMultiplyAdd(x, y, x)),
    };

    public static TheoryData<string> UnaryNames => [.. UnaryKernels.Keys];

    public static TheoryData<string> BinaryNames => [.. BinaryKernels.Keys];

    [Theory]
    [MemberData(nameof(UnaryNames))]
    public void A_unary_kernel_gives_the_scalar_bits_at_every_length_and_offset(string name)
    {
        var (kernel, one) = UnaryKernels[name];
        for (var length = 0; length <= 256; length++)
        {
            var (offset, resultOffset) = (length % 5, length % 3);
            var x = Bits.Mixed(length + offset, length).AsSpan(offset);
            var (expected, buffer) = (new float[length], new float[length + resultOffset + 1]);
            for (var i = 0; i < length; i++) expected[i] = one(x[i]);
            Array.Fill(buffer, 77f);
            kernel(x, buffer.AsSpan(resultOffset, length));
            Bits.AssertEqual(expected, buffer.AsSpan(resultOffset, length), $"{name}, length {length}");
            Assert.Equal(77f, buffer[^1]); // nothing beyond the end is written
            kernel(x, x);
            Bits.AssertEqual(expected, x, $"{name} in place, length {length}");
        }
    }

    [Theory]
    [MemberData(nameof(BinaryNames))]
    public void A_binary_kernel_gives_the_scalar_bits_at_every_length_and_offset(string name)
    {
        var (kernel, one) = BinaryKernels[name];
        for (var length = 0; length <= 256; length++)
        {
            var offset = length % 5;
            var x = Bits.Mixed(length + offset, length).AsSpan(offset);
            var y = Bits.Mixed(length + 1, length + 1000).AsSpan(1);
            var (expected, buffer) = (new float[length], new float[length + 1]);
            for (var i = 0; i < length; i++) expected[i] = one(x[i], y[i]);
            Array.Fill(buffer, 77f);
            kernel(x, y, buffer.AsSpan(0, length));
            Bits.AssertEqual(expected, buffer.AsSpan(0, length), $"{name}, length {length}");
            Assert.Equal(77f, buffer[^1]);
            kernel(x, y, y);
            Bits.AssertEqual(expected, y, $"{name} in place, length {length}");
        }
    }

    [Fact]
    public void Every_kernel_agrees_with_its_double_to_float_precision()
    {
        float[] x = [-3f, -0.5f, 0.25f, 2f], r = new float[4];
        double[] xd = [-3, -0.5, 0.25, 2], rd = new double[4];
        Elementwise.Tanh<float>(x, r);
        Elementwise.Tanh<double>(xd, rd);
        for (var i = 0; i < 4; i++) Assert.Equal(rd[i], r[i], 6);
        Elementwise.LeakyReluBackward<double>([1, 1, 1, 1], xd, 0.1, rd);
        Assert.Equal([0.1, 0.1, 1, 1], rd);
        Elementwise.AddInto<double>([1, 2, 3, 4], rd);
        Assert.Equal([1.1, 2.1, 4, 5], rd);
    }

    [Fact]
    public void Lengths_that_differ_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Elementwise.Add<float>(new float[3], new float[2], new float[3]));
        Assert.Contains("the result has 3 elements, an argument 2", error.Message);
    }
}
