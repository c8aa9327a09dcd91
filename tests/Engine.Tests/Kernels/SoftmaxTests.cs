using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public class SoftmaxTests
{
    [Fact]
    public void Bits_equal_a_plain_loop_for_every_number_of_classes()
    {
        for (var classes = 1; classes <= 70; classes++)
        {
            const int Rows = 5;
            var logits = Bits.Mixed(Rows * classes, classes, extremes: false);
            var (p, lse) = (new float[Rows * classes], new float[Rows]);
            Softmax.Rows<float>(classes, logits, p, lse);
            for (var row = 0; row < Rows; row++)
            {
                var z = logits.AsSpan(row * classes, classes);
                var max = z[0];
                for (var c = 1; c < classes; c++) max = z[c] > max ? z[c] : max;
                var expected = new float[classes];
                var sum = 0f;
                for (var c = 0; c < classes; c++) sum += expected[c] = FloatMath.Exp(z[c] - max);
                for (var c = 0; c < classes; c++) expected[c] /= sum;
                Bits.AssertEqual(expected, p.AsSpan(row * classes, classes), $"{classes} classes");
                Bits.AssertEqual([max + FloatMath.Log(sum)], lse.AsSpan(row, 1), $"log of {classes} classes");
            }
        }
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        var (p, lse) = (new float[3], new float[1]);
        Softmax.Rows<float>(3, [1000f, 1001f, 1002f], p, lse);
        Assert.Equal(0.09003057f, p[0], 6);
        Assert.Equal(0.66524094f, p[2], 6);
        Assert.Equal(1002.4076f, lse[0], 3);
    }

    [Fact]
    public void A_NaN_makes_its_row_NaN_and_no_other()
    {
        var p = new float[4];
        Softmax.Rows<float>(2, [1f, float.NaN, 0f, 0f], p, []);
        Assert.True(float.IsNaN(p[0]) && float.IsNaN(p[1]));
        Assert.Equal(0.5f, p[2]);
    }
}
