namespace Distributed.Protocol;

/// <summary>A chunk's header and where its elements lie.</summary>
public sealed partial class LentChunk : ReusedMessage<LentChunk>
{
    public LentChunk(in ChunkHeader header, uint vector, int offset) => Set(header, vector, offset);

    public void Set(in ChunkHeader header, uint vector, int offset)
    {
        Kind = (uint)header.Kind;
        Step = (ulong)header.Step;
        Index = (uint)header.Index;
        FirstShard = (uint)header.FirstShard;
        ShardCount = (uint)header.ShardCount;
        Elements = (uint)header.Elements;
        Session = header.Session;
        Vector = vector;
        Offset = (ulong)offset;
    }

    protected override bool TryClear()
    {
        Set(default, 0, 0);
        return true;
    }

    /// <exception cref="ProtocolException">A number is out of range.</exception>
    public ChunkHeader Header() => ChunkHead.Check([0, Kind, Step, Index, FirstShard, ShardCount, Elements, Session]);
}
