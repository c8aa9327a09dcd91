namespace Distributed.Protocol;

public sealed partial class Range
{
    public void Set(int first, int count) => (First, Count) = ((uint)first, (uint)count);
}
