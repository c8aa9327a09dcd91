namespace Distributed.Protocol;

/// <summary>Bounds on everything read from the wire, checked before anything is allocated.</summary>
public static class FrameLimits
{
    /// <summary>Elements of a chunk at most: 1 MiB of float32.</summary>
    public const int MaxChunkElements = 1 << 18;

    /// <summary>Bytes of a resolved job at most.</summary>
    public const int MaxJobBytes = 256 * 1024;

    /// <summary>Bytes of a frame at most, its length prefix left out: a full chunk and 4 KiB for the rest.</summary>
    public const int MaxFrameBytes = 4 * MaxChunkElements + 4096;

    /// <summary>Bytes of a frame at most before the peer has shown that it may take part: a Goodbye, with its reason.</summary>
    public const int MaxHandshakeFrameBytes = MaxReasonBytes + 256;

    /// <summary>Bytes of an actor's name at most.</summary>
    public const int MaxActorNameBytes = 64;

    /// <summary>Bytes of a reason or a sentence at most; longer ones are cut by the sender.</summary>
    public const int MaxReasonBytes = 1024;

    /// <summary>Bytes of the name that a node or worker gives itself.</summary>
    public const int MaxPeerNameBytes = 128;

    /// <summary>Samples that one NotFinite names at most.</summary>
    public const int MaxNamedSamples = 8;

    /// <summary>Vectors at most from which one side of a connection lends.</summary>
    public const int MaxSharedVectors = 256;

    /// <summary>Extents of a shape in a DataPart at most.</summary>
    public const int MaxShapeRank = 8;

    /// <summary>Bytes of a palette in a DataPart: 256 float32.</summary>
    public const int PaletteBytes = 4 * 256;

    /// <summary>Samples that one NeedSamples asks for at most.</summary>
    public const int MaxShippedSamples = 1024;

    /// <summary>Bytes of records in one Samples at most; a run whose samples are larger ships none.</summary>
    public const int MaxShippedBytes = 512 * 1024;

    /// <summary>Ranges in one Assign or Evaluate at most.</summary>
    public const int MaxRanges = 4096;
}
