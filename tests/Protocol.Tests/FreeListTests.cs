namespace Distributed.Protocol.Tests;

public sealed class FreeListTests
{
    [Fact]
    public void It_gives_out_what_came_last_first()
    {
        var list = new FreeList<string>(most: 3);
        Assert.False(list.TryTake(out _));
        list.Add("first");
        list.Add("second");
        Assert.True(list.TryTake(out var one));
        Assert.True(list.TryTake(out var other));
        Assert.Equal(("second", "first"), (one, other));
        Assert.False(list.TryTake(out _));
    }

    [Fact]
    public void It_keeps_no_more_than_its_bound()
    {
        var list = new FreeList<object>(most: 2);
        for (var i = 0; i < 5; i++)
        {
            list.Add(new object());
        }

        Assert.Equal(2, list.Count);
    }
}
