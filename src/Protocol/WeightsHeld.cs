namespace Distributed.Protocol;

public sealed partial class WeightsHeld : ReusedMessage<WeightsHeld>
{
    protected override bool TryClear()
    {
        (Version, Session) = (0, 0);
        return true;
    }
}
