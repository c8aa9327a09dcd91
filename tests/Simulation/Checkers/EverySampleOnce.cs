using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Simulations.Checkers;

/// <summary>Every sample of an epoch is used exactly once.</summary>
/// <remarks>
/// For each step: in every chunk of the gradient, and in the loss, the partial sums that were counted cover every shard once; and the
/// samples that workers read for those very partial sums are as many as the batch has, none twice. For each epoch: together they
/// are all samples of the training set.
/// </remarks>
internal sealed class EverySampleOnce : Checker
{
    private readonly Dictionary<(long Term, int Chunk), List<ShardRange>> _chunks = [];
    private readonly Dictionary<long, int[]> _samples = [];

    /// <summary>In the place of a chunk's number: the loss.</summary>
    private const int Loss = -1;

    public override string Property => "every sample of an epoch once";

    public override void Counted(long term, in ChunkHeader header) =>
        Add(term, header.Step, header.Index, new ShardRange(header.FirstShard, header.ShardCount));

    public override void LossCounted(long term, long step, ShardRange range, in LossSum sum) => Add(term, step, Loss, range);

    public override void Happened(long term, RunEvent happened)
    {
        if (happened is RunEvent.StepCommitted committed) Commit(term, committed.Step - 1);
        if (happened is RunEvent.EpochEnded ended) EndEpoch(ended.Result.Epoch);
    }

    private void Add(long term, long step, int chunk, ShardRange range)
    {
        if (!_chunks.TryGetValue((term, chunk), out var cover)) _chunks[(term, chunk)] = cover = [];
        var covered = 0;
        foreach (var there in cover)
            covered += Math.Max(0, Math.Min(there.End, range.End) - Math.Max(there.First, range.First));
        if (covered == range.Count) Violate($"{What(chunk)} of step {step}: shards {range} are counted although they are there");
        // A sum over a longer run takes the place of the shorter ones within it.
        cover.RemoveAll(range.Contains);
        cover.Add(range);
    }

    private void Commit(long term, long step)
    {
        var setup = Run.Reference.Setup;
        var wanted = setup.Layout.SamplesIn((int)(step % setup.Layout.BatchesPerEpoch));
        for (var chunk = Loss; chunk < Run.Chunks; chunk++)
        {
            var cover = _chunks.GetValueOrDefault((term, chunk)) ?? [];
            var samples = new List<int>();
            foreach (var range in cover)
            {
                if (Run.Reads(step, range) is { } read) samples.AddRange(read);
                else Violate($"{What(chunk)} of step {step}: shards {range} are counted, but nobody has computed them");
            }
            if (cover.Sum(range => range.Count) != setup.Shards)
                Violate($"{What(chunk)} of step {step} is made of shards {string.Join(", ", cover)}, 0-{setup.Shards - 1} are wanted once each");
            else if (samples.Count != wanted || samples.Distinct().Count() != wanted)
                Violate($"{What(chunk)} of step {step} is made of samples {string.Join(' ', samples)}; {wanted} of them are wanted, none twice");
            cover.Clear();
            _samples[step] = [.. samples];
        }
    }

    private void EndEpoch(int epoch)
    {
        var setup = Run.Reference.Setup;
        var (perEpoch, times) = (setup.Layout.BatchesPerEpoch, new int[setup.Train.Count]);
        for (var batch = 0; batch < perEpoch; batch++)
            foreach (var sample in _samples.GetValueOrDefault((long)epoch * perEpoch + batch) ?? []) times[sample]++;
        for (var sample = 0; sample < times.Length; sample++)
            if (times[sample] != 1) Violate($"sample {sample} is used {times[sample]} times in epoch {epoch}");
    }

    private static string What(int chunk) => chunk == Loss ? "the loss" : $"chunk {chunk} of the gradient";
}
