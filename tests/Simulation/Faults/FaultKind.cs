namespace Distributed.Simulations.Faults;

/// <summary>Every kind of fault that a simulated run may meet.</summary>
internal enum FaultKind
{
    /// <summary>A worker's process or machine is gone; another is started some time later.</summary>
    WorkerCrash,

    /// <summary>The coordinator's process or machine is gone; another goes on from the newest whole checkpoint.</summary>
    CoordinatorCrash,

    /// <summary>A connection breaks; what was on its way is lost. It can be made again at once or later.</summary>
    ConnectionLost,

    /// <summary>A connection ends for its receiver inside of a frame.</summary>
    CutInMessage,

    /// <summary>A frame is held up, and with it all behind it on its connection.</summary>
    Delay,

    /// <summary>A frame arrives in two pieces.</summary>
    Fragment,

    /// <summary>Frames of one peer overtake those of another; what happens at the same time happens in a drawn order.</summary>
    Interleaving,

    /// <summary>A message arrives twice.</summary>
    Duplicate,

    /// <summary>Two nodes are cut off from each other, and healed later.</summary>
    Partition,

    /// <summary>Nothing of one node reaches another, the other way it does; healed later.</summary>
    OneWayPartition,

    /// <summary>A worker computes ten times as slowly for a while.</summary>
    SlowWorker,

    /// <summary>A worker does nothing although its heartbeats are answered; it may wake up.</summary>
    HungWorker,

    /// <summary>All of a node stands still for a while, heartbeats too.</summary>
    FrozenNode,

    /// <summary>A node stands still, and its clock jumps ahead.</summary>
    ClockJump,

    /// <summary>One byte of a frame is changed on its way.</summary>
    CorruptFrame,

    /// <summary>The coordinator's disk has no room for a while.</summary>
    DiskFull,

    /// <summary>The coordinator dies while it saves a checkpoint: in the write, before the flush, before or after the rename, or on a disk
    /// that did not keep what it had flushed.</summary>
    TornWrite,

    /// <summary>A new worker joins in mid-run.</summary>
    WorkerJoins,

    /// <summary>A worker leaves for good, in good order.</summary>
    WorkerLeaves,

    /// <summary>Several workers die at the same moment.</summary>
    SeveralDie,

    /// <summary>The last worker that was left dies.</summary>
    LastWorkerDies,
}
