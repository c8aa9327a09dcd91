using Distributed.Actors;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Worker;

/// <summary>One partial sum to be computed beside the mailbox.</summary>
internal sealed class PartialWork(PartialSender sender, Assign assign, ShardRange range) : IWork
{
    public string Name => $"step {assign.Step} shards {range}";

    public bool HoldsChunks => true;

    public void Run(Action<object> post) => sender.Run(assign, range, post);
}
