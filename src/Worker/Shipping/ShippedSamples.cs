using System.Collections;
using Distributed.Engine.Randomness;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Range = Distributed.Protocol.Range;

namespace Distributed.Worker.Shipping;

/// <summary>Which samples a worker without the data holds, and which it lacks for what it is to compute.</summary>
/// <remarks>Touches no file: what is held was written, or its writing was given to the work queue before whatever will read it.</remarks>
/// <param name="test">Null: there is no test part.</param>
public sealed class ShippedSamples(TrainingSetup setup, ShippedDataSet train, ShippedDataSet? test)
{
    private readonly BitArray _train = Of(train);
    private readonly BitArray? _test = test is null ? null : Of(test);

    // One for even epochs, one for odd: looking ahead over an epoch's end shuffles nothing twice.
    private readonly SampleOrder[] _orders = [new(setup.Train.Count, setup.Seed), new(setup.Train.Count, setup.Seed)];

    /// <summary>Samples that one question may ask for.</summary>
    public int MostOf(bool isTest) => Math.Min(FrameLimits.MaxShippedSamples, FrameLimits.MaxShippedBytes / Part(isTest).RecordBytes);

    public ShippedDataSet Part(bool isTest) => isTest ? test! : train;

    /// <summary>Whether all samples of a run of shards are held.</summary>
    public bool HasShards(int epoch, int batch, ShardRange range) => Lacks(_train, Samples(epoch, batch, range), [], 0) is false;

    /// <summary>Adds samples of a run of shards that are not held, up to <see cref="MostOf"/>.</summary>
    public void AddShards(int epoch, int batch, ShardRange range, HashSet<uint> missing) =>
        Lacks(_train, Samples(epoch, batch, range), missing, MostOf(isTest: false));

    /// <summary>Whether all samples of some blocks of the test part are held.</summary>
    public bool HasBlocks(IEnumerable<Range> blocks) => _test is not { } held || blocks.All(some => Lacks(held, Blocks(some), [], 0) is false);

    /// <summary>Adds samples of some blocks of the test part that are not held, up to <see cref="MostOf"/>.</summary>
    public void AddBlocks(Range blocks, HashSet<uint> missing)
    {
        if (_test is not null) Lacks(_test, Blocks(blocks), missing, MostOf(isTest: true));
    }

    /// <summary>These are held from now on.</summary>
    public void Hold(bool isTest, IEnumerable<uint> samples)
    {
        foreach (var sample in samples) (isTest ? _test! : _train)[(int)sample] = true;
    }

    /// <returns>Whether one at least is not held.</returns>
    private static bool Lacks(BitArray held, IEnumerable<int> samples, HashSet<uint> missing, int most)
    {
        var lacks = false;
        foreach (var sample in samples)
        {
            if (held[sample]) continue;
            lacks = true;
            if (missing.Count >= most) break;
            missing.Add((uint)sample);
        }
        return lacks;
    }

    /// <remarks>None where there is no such batch: computing it fails with a sentence.</remarks>
    private int[] Samples(int epoch, int batch, ShardRange range)
    {
        var layout = setup.Layout;
        if (epoch < 0 || batch < 0 || batch >= layout.BatchesPerEpoch) return [];
        var (first, end) = (layout.ShardOffset(batch, range.First), layout.ShardOffset(batch, range.End));
        var samples = new int[end - first];
        _orders[epoch & 1].Fill(epoch, layout.FirstSample(batch) + first, samples);
        return samples;
    }

    private IEnumerable<int> Blocks(Range blocks)
    {
        var begin = Math.Min((long)blocks.First * EvaluationBlocks.Samples, test!.Count);
        var end = Math.Min(((long)blocks.First + blocks.Count) * EvaluationBlocks.Samples, test.Count);
        for (var sample = begin; sample < end; sample++) yield return (int)sample;
    }

    private static BitArray Of(ShippedDataSet part)
    {
        var held = new BitArray(part.Count);
        foreach (var sample in part.Held) held[sample] = true;
        return held;
    }
}
