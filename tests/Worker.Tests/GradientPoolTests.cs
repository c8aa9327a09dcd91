namespace Distributed.Worker.Tests;

public class GradientPoolTests
{
    [Fact]
    public void A_vector_comes_back_only_after_its_last_use()
    {
        var pool = new GradientPool(8);
        var first = pool.Rent(3);
        first.Release();
        first.Release();

        Assert.NotSame(first, pool.Rent(1));
        first.Release();
        Assert.Same(first, pool.Rent(1));
    }
}
