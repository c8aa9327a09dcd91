using Distributed.Engine.Randomness;

namespace Distributed.Coordinator.Scheduling;

/// <summary>Which shards are computed by two workers, whose hashes must agree.</summary>
/// <param name="Rate">Share of the shards, 0..1.</param>
/// <param name="Seed">Picks them: a function of (seed, step, shard), so neither time nor workers show in it.</param>
public sealed record AuditPlan(double Rate, ulong Seed)
{
    public bool Picks(long step, int shard)
    {
        var block = Philox.Block(new PhiloxBlock((uint)shard, (uint)step, (uint)(step >> 32), 0xA0D17), (uint)Seed, (uint)(Seed >> 32));
        return block.Word0 < Rate * (1L << 32);
    }
}
