using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Optimizers;

/// <summary>What holds for every optimizer whose elements do not touch each other.</summary>
public class ElementwiseOptimizerTests
{
    private static readonly ElementwiseOptimizer[] All =
    [
        new Sgd(0.1f), new Sgd(0.3f, 0.9f, 0.001f), new Sgd(0.3f, 0.9f, 0.001f, Nesterov: true), new Sgd(0.1f, 0, 0.01f, Nesterov: true),
        new AdaGrad(0.1f), new AdaGrad(0.1f, 1e-3f, 0.01f),
        new RmsProp(0.1f), new RmsProp(0.1f, 0.9f, 0.5f), new RmsProp(0.1f, 0.9f, 0.5f, 1e-3f, 0.01f),
        new Adam(0.1f), new Adam(0.1f, 0.8f, 0.9f, 1e-3f, 0.01f),
        new AdamW(0.1f), new AdamW(0.1f, 0.8f, 0.9f, 1e-3f, 0),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, All.Length)];

    [Fact]
    public void Every_kind_is_among_them() => Assert.Equal(
        typeof(ElementwiseOptimizer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ElementwiseOptimizer))).ToHashSet(),
        All.Select(optimizer => optimizer.GetType()).ToHashSet());

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Vector_loop_and_reference_give_equal_bits(int number)
    {
        var optimizer = All[number];
        for (var count = 0; count <= 256; count++)
        {
            var offset = count % 3;
            var (fast, plain) = (State(optimizer, count + offset), State(optimizer, count + offset));
            var (w, w2) = (Draw(count + offset, 2), Draw(count + offset, 2));
            for (var step = 0; step < 3; step++)
            {
                var g = Draw(count + offset, (uint)(10 + step));
                var (next, wanted) = (new float[count + offset], new float[count + offset]);
                var at = new UpdateStep(step, RateFactor: 0.7);
                optimizer.Update(at, offset, g.AsSpan(offset), w.AsSpan(offset), next.AsSpan(offset), fast);
                optimizer.UpdateReference(at, offset, g.AsSpan(offset), w2.AsSpan(offset), wanted.AsSpan(offset), plain);
                AssertBits.Equal(wanted, next);
                for (var i = 0; i < fast.Names.Count; i++) AssertBits.Equal(plain[i].Span, fast[i].Span);
                (w, w2) = (next, wanted);
            }
        }
    }

    /// <summary>Vectors that outgrow the caches are stored past them, where they begin on a boundary; slices of any length and place.</summary>
    [Theory]
    [MemberData(nameof(Numbers))]
    public void Long_vectors_are_stepped_to_equal_bits(int number)
    {
        const int Long = 1 << 20;
        var optimizer = All[number];
        var (fast, plain) = (optimizer.NewState(Long), optimizer.NewState(Long));
        foreach (var (offset, count) in new[] { (0, 4096), (4096, 1000), (Long - 777, 777), (16, 15), (5, 300) })
        {
            var (g, w) = (Draw(count, 2), Draw(count, 3));
            var (next, wanted) = (AlignedMemory.Allocate(offset % 16 + count), new float[count]);
            optimizer.Update(new UpdateStep(1), offset, g, w, next.Span[(offset % 16)..], fast);
            optimizer.UpdateReference(new UpdateStep(1), offset, g, w, wanted, plain);
            AssertBits.Equal(wanted, next.Span[(offset % 16)..]);
            for (var i = 0; i < fast.Names.Count; i++) AssertBits.Equal(plain[i].Span, fast[i].Span);
        }
    }

    /// <summary>Sums, whole or in two halves, that are divided and stepped in one pass: the bits of one after the other; vectors long and short.</summary>
    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_step_from_sums_is_the_mean_and_then_the_step(int number)
    {
        const int Long = 1 << 20;
        var optimizer = All[number];
        foreach (var (parameters, offset, count) in new[] { (200, 0, 200), (200, 7, 100), (40, 3, 15), (Long, 16, 1000), (Long, 5, 300) })
            foreach (var samples in new[] { 1, 7, 96, 128 })
                foreach (var isHalved in new[] { false, true })
                {
                    var (fast, plain) = (optimizer.NewState(parameters), optimizer.NewState(parameters));
                    var (left, right, w) = (Draw(count, 2), isHalved ? Draw(count, 3) : [], Draw(count, 4));
                    float[] mean = [.. left.Select((element, i) => (isHalved ? element + right[i] : element) / samples)], wanted = new float[count];
                    var next = AlignedMemory.Allocate(count);
                    Assert.True(optimizer.UpdateFromSums(new UpdateStep(1), offset, left, right, samples, w, next.Span, fast));
                    optimizer.UpdateReference(new UpdateStep(1), offset, mean, w, wanted, plain);
                    AssertBits.Equal(wanted, next.Span);
                    for (var i = 0; i < fast.Names.Count; i++) AssertBits.Equal(plain[i].Span, fast[i].Span);
                }
    }

    /// <summary>In every lane and in the rest; the sum of two finite halves too, and NaN beside what would hide it.</summary>
    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, 1)]
    [InlineData(float.NegativeInfinity, float.PositiveInfinity)]
    [InlineData(3e38f, 3e38f)]
    public void A_sum_that_is_not_finite_is_told(float left, float right)
    {
        const int count = 70;
        var optimizer = new Sgd(0.1f, 0.9f);
        for (var place = 0; place < count; place++)
        {
            var (l, r) = (Draw(count, 1), Draw(count, 2));
            (l[place], r[place]) = (left, right);
            Assert.False(optimizer.UpdateFromSums(new UpdateStep(0), 0, l, r, 8, Draw(count, 3), new float[count], optimizer.NewState(count)));
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Any_cut_into_slices_gives_equal_bits(int number)
    {
        const int count = 1000;
        var optimizer = All[number];
        var (g, w) = (Draw(count, 3), Draw(count, 4));
        var (whole, wholeState) = (new float[count], State(optimizer, count));
        optimizer.Update(new UpdateStep(5), 0, g, w, whole, wholeState);
        var random = new RandomStream(5, RandomPurpose.Test);
        for (var round = 0; round < 20; round++)
        {
            var (cut, state) = (new float[count], State(optimizer, count));
            for (var first = 0; first < count;)
            {
                var length = 1 + random.NextInt(Math.Min(100, count - first));
                optimizer.Update(new UpdateStep(5), first, g.AsSpan(first, length), w.AsSpan(first, length), cut.AsSpan(first, length), state);
                first += length;
            }
            AssertBits.Equal(whole, cut);
            for (var i = 0; i < state.Names.Count; i++) AssertBits.Equal(wholeState[i].Span, state[i].Span);
        }
    }

    /// <summary>A state saved and taken up again, and another object of the same settings: nothing is kept outside the state.</summary>
    [Theory]
    [MemberData(nameof(Numbers))]
    public void All_that_is_remembered_lies_in_the_state(int number)
    {
        var optimizer = All[number];
        var (w, state) = (Draw(40, 1), optimizer.NewState(40));
        for (var step = 0; step < 4; step++) w = Next(optimizer, step, w, state);
        var copy = state.Clone();
        AssertBits.Equal(Next(optimizer, 4, w, state), Next(optimizer with { }, 4, w, copy));
        for (var i = 0; i < state.Names.Count; i++) AssertBits.Equal(state[i].Span, copy[i].Span);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void The_rate_is_that_of_the_schedule(int number)
    {
        var optimizer = All[number];
        var w = Draw(20, 1);
        float[] Step(double factor)
        {
            var next = new float[20];
            optimizer.Update(new UpdateStep(0, factor), 0, Draw(20, 2), w, next, State(optimizer, 20));
            return next;
        }
        AssertBits.Equal(w, Step(0));
        var (full, half) = (Step(1), Step(0.5));
        for (var i = 0; i < 20; i++) Assert.Equal((full[i] - w[i]) / 2, half[i] - w[i], Math.Abs(full[i]) * 1e-6 + 1e-6);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Func<object>[] wrong =
        [
            () => new AdaGrad(-1), () => new AdaGrad(1, 0), () => new AdaGrad(1, 1, float.NaN),
            () => new RmsProp(float.NaN), () => new RmsProp(1, 1), () => new RmsProp(1, 0, 1), () => new RmsProp(1, 0, 0, 0),
            () => new RmsProp(1, 0, 0, 1, -1), () => new Adam(float.PositiveInfinity), () => new Adam(1, 1), () => new Adam(1, 0, 1),
            () => new Adam(1, 0, 0, 0), () => new Adam(1, 0, 0, 1, -1), () => new AdamW(-1), () => new AdamW(1, -0.1f),
            () => new AdamW(1, 0, 1), () => new AdamW(1, 0, 0, -1), () => new AdamW(1, 0, 0, 1, float.NaN),
        ];
        foreach (var make in wrong) Assert.Throws<ArgumentOutOfRangeException>(make);
        Assert.Equal("Beta1", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(1, 1)).ParamName);
    }

    private static float[] Next(Optimizer optimizer, long step, float[] weights, OptimizerState state)
    {
        var next = new float[weights.Length];
        optimizer.Update(new UpdateStep(step), 0, Draw(weights.Length, (uint)(100 + step)), weights, next, state);
        return next;
    }

    /// <summary>As after some steps: sums of squares are not negative.</summary>
    private static OptimizerState State(Optimizer optimizer, int count)
    {
        var state = optimizer.NewState(count);
        for (var i = 0; i < state.Names.Count; i++)
            Draw(count, (uint)(20 + i)).Select(x => state.Names[i] == "squares" ? x * x : x).ToArray().CopyTo(state[i].Span);
        return state;
    }

    private static float[] Draw(int count, uint key)
    {
        var random = new RandomStream(1, RandomPurpose.Test, key);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextFloat() - 1)];
    }
}
