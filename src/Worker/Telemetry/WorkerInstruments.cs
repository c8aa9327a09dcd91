using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Distributed.Worker.Telemetry;

/// <summary>What a worker tells of its computing. Called beside the mailbox.</summary>
internal static class WorkerInstruments
{
    private static readonly Counter<long> Shards = TelemetrySources.Meter.CreateCounter<long>("distributed.worker.shards", "{shard}", "Shards computed.");

    private static readonly Counter<long> Samples = TelemetrySources.Meter.CreateCounter<long>("distributed.worker.samples", "{sample}", "Samples computed.");

    private static readonly Histogram<double> Seconds = TelemetrySources.Meter.CreateHistogram<double>("distributed.worker.compute.duration", "s",
        "Forward and backward over shards that were given together.");

    /// <summary>A span until it is disposed; null: nobody listens.</summary>
    public static Activity? Computing(long step, int firstShard, int shards) => TelemetrySources.Activities.StartActivity("compute")?
        .SetTag("distributed.step", step).SetTag("distributed.shard.first", firstShard).SetTag("distributed.shards", shards);

    public static void Computed(int shards, int samples, ulong nanoseconds)
    {
        Shards.Add(shards);
        Samples.Add(samples);
        Seconds.Record(nanoseconds / 1e9);
    }
}
