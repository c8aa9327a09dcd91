using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public class FiniteTests
{
    /// <summary>At every length and place: the vectors see what the plain loop sees.</summary>
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void One_that_is_not_finite_is_found_at_any_place(float wrong)
    {
        for (var length = 1; length <= 256; length++)
        {
            var values = Numbers(length);
            for (var place = 0; place < length; place++)
            {
                var before = values[place];
                values[place] = wrong;
                Assert.False(Finite.All(values), $"{length} elements, number {place}");
                Assert.Equal(place, Finite.FirstNot(values));
                values[place] = before;
            }
        }
    }

    [Fact]
    public void Finite_numbers_are_finite_the_largest_and_the_smallest_too()
    {
        for (var length = 0; length <= 256; length++)
        {
            Assert.True(Finite.All(Numbers(length)), $"{length} elements");
            Assert.Equal(-1, Finite.FirstNot(Numbers(length)));
        }
    }

    /// <summary>The bits themselves: every exponent with the largest and the smallest fraction, of both signs.</summary>
    [Fact]
    public void Every_exponent_is_told_right()
    {
        var values = new float[40];
        for (var exponent = 0; exponent < 256; exponent++)
            foreach (var fraction in new[] { 0, 1, 0x7FFFFF })
                foreach (var sign in new[] { 0, 1 << 31 })
                {
                    values[exponent % 40] = BitConverter.Int32BitsToSingle(sign | (exponent << 23) | fraction);
                    Assert.Equal(exponent < 255, Finite.All(values));
                    values[exponent % 40] = 0;
                }
    }

    private static float[] Numbers(int length) => [.. Bits.Mixed(length, length).Select(x => float.IsFinite(x) ? x : float.MaxValue)];
}
