using Distributed.Engine.Training;

namespace Distributed.Worker;

/// <summary>One of the aligned runs of shards that an Assign gives.</summary>
internal readonly record struct AssignedRun(ulong Session, long Step, int Epoch, int Batch, ShardRange Range, bool IsAudit);
