namespace Distributed.Protocol;

/// <summary>The version of the wire. Raised by every change that an older peer would misread; peers of another version are refused.</summary>
public static class ProtocolVersion
{
    public const uint Current = 4;
}
