using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public sealed class ByteSumsTests
{
    /// <summary>Around the width of a vector, the length of a block, and several blocks.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(47)]
    [InlineData(2048)]
    [InlineData(2063)]
    [InlineData(100_003)]
    public void Adds_as_one_by_one_does(int count)
    {
        var mixed = new byte[count];
        for (var i = 0; i < count; i++) mixed[i] = (byte)((i * 167) + (i >> 8));
        var largest = new byte[count];
        Array.Fill(largest, byte.MaxValue);
        Assert.Equal(OneByOne(mixed), ByteSums.Of(mixed));
        Assert.Equal(OneByOne(largest), ByteSums.Of(largest));
    }

    private static (long, long) OneByOne(byte[] values)
    {
        long sum = 0, squares = 0;
        foreach (var x in values) (sum, squares) = (sum + x, squares + (x * x));
        return (sum, squares);
    }
}
