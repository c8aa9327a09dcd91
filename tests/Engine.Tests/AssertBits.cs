namespace Distributed.Engine.Tests;

internal static class AssertBits
{
    /// <summary>Fails at the first element whose bits differ: +0 and −0 are different, NaN equals itself.</summary>
    public static void Equal(ReadOnlySpan<float> wanted, ReadOnlySpan<float> got)
    {
        Assert.Equal(wanted.Length, got.Length);
        for (var i = 0; i < wanted.Length; i++)
            if (BitConverter.SingleToInt32Bits(wanted[i]) != BitConverter.SingleToInt32Bits(got[i]))
                Assert.Fail($"element {i} of {wanted.Length}: wanted {wanted[i]:R}, got {got[i]:R}");
    }
}
