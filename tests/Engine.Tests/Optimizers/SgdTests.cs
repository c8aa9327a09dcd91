using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Optimizers;

public class SgdTests
{
    public static TheoryData<float, float, float> Settings => new()
    {
        { 0.1f, 0, 0 }, { 0.1f, 0.9f, 0 }, { 0.1f, 0, 0.01f }, { 0.3f, 0.9f, 0.001f },
    };

    /// <summary>The convention of PyTorch, in exact numbers: w = 1, then g = 2 and g = 4.</summary>
    [Fact]
    public void Two_steps_by_hand()
    {
        var sgd = new Sgd(0.5f, Momentum: 0.5f, WeightDecay: 0.25f);
        var state = sgd.NewState(1);
        float[] w = [1], next = [0];
        sgd.Update(new UpdateStep(0), 0, [2], w, next, state);
        Assert.Equal(2.25f, state[0].Span[0]);                          // g' = 2 + 0.25·1
        Assert.Equal(1 - 0.5f * 2.25f, next[0]);                   // −0.125
        sgd.Update(new UpdateStep(1), 0, [4], next, w, state);
        Assert.Equal(0.5f * 2.25f + 4 - 0.25f * 0.125f, state[0].Span[0]);
        Assert.Equal(-0.125f - 0.5f * 5.09375f, w[0]);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Vector_loop_and_reference_give_equal_bits(float rate, float momentum, float decay)
    {
        var sgd = new Sgd(rate, momentum, decay);
        for (var count = 0; count <= 256; count++)
            for (var offset = 0; offset < 3; offset++)
            {
                var (g, w) = (Numbers(count + offset, 1), Numbers(count + offset, 2));
                var (fast, plain) = (State(sgd, count + offset), State(sgd, count + offset));
                var (next, wanted) = (new float[count], new float[count]);
                for (var step = 0; step < 2; step++)
                {
                    sgd.Update(new UpdateStep(step), offset, g.AsSpan(offset), w.AsSpan(offset), next, fast);
                    sgd.UpdateReference(new UpdateStep(step), offset, g.AsSpan(offset), w.AsSpan(offset), wanted, plain);
                }
                AssertBits.Equal(wanted, next);
                if (momentum != 0) AssertBits.Equal(plain[0].Span, fast[0].Span);
            }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Any_cut_into_slices_gives_equal_bits(float rate, float momentum, float decay)
    {
        const int count = 1000;
        var sgd = new Sgd(rate, momentum, decay);
        var (g, w) = (Numbers(count, 3), Numbers(count, 4));
        var (whole, wholeState) = (new float[count], State(sgd, count));
        sgd.Update(new UpdateStep(0), 0, g, w, whole, wholeState);
        var random = new RandomStream(5, RandomPurpose.Test);
        for (var round = 0; round < 20; round++)
        {
            var (cut, state) = (new float[count], State(sgd, count));
            for (var first = 0; first < count;)
            {
                var length = 1 + random.NextInt(Math.Min(100, count - first));
                sgd.Update(new UpdateStep(0), first, g.AsSpan(first, length), w.AsSpan(first, length), cut.AsSpan(first, length), state);
                first += length;
            }
            AssertBits.Equal(whole, cut);
            if (momentum != 0) AssertBits.Equal(wholeState[0].Span, state[0].Span);
        }
    }

    [Fact]
    public void There_is_no_state_without_momentum()
    {
        Assert.Empty(new Sgd(1).StateNames);
        Assert.Equal(["momentum"], new Sgd(1, 0.9f).StateNames);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(1, 0, float.PositiveInfinity));
    }

    [Fact]
    public void Slices_of_different_lengths_are_refused() =>
        Assert.Throws<ArgumentException>(() => new Sgd(1).Update(new UpdateStep(0), 0, [1, 2], [1, 2], new float[1], new OptimizerState([], 2)));

    private static OptimizerState State(Sgd sgd, int count)
    {
        var state = sgd.NewState(count);
        if (state.Names.Count > 0) Numbers(count, 9).CopyTo(state[0].Span);
        return state;
    }

    private static float[] Numbers(int count, uint key)
    {
        var random = new RandomStream(1, RandomPurpose.Test, key);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextFloat() - 1)];
    }
}
