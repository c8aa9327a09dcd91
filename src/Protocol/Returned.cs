namespace Distributed.Protocol;

public sealed partial class Returned : ReusedMessage<Returned>
{
    protected override bool TryClear()
    {
        Vectors.Clear();
        Chunks.Clear();
        return true;
    }
}
