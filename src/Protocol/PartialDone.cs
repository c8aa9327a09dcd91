using Google.Protobuf;

namespace Distributed.Protocol;

public sealed partial class PartialDone : ReusedMessage<PartialDone>
{
    public void SetRange(int first, int count) => (Range ??= new Range()).Set(first, count);

    /// <summary>An empty range is as good as none, and is kept for the next use.</summary>
    protected override bool TryClear()
    {
        Range?.Set(0, 0);
        (Step, Loss, Correct, Samples, ComputeNs, Session, Dropped) = (0, 0, 0, 0, 0, 0, false);
        Hash = ByteString.Empty;
        return true;
    }
}
