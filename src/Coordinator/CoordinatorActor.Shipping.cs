using System.Security.Cryptography;
using Distributed.Engine.Data;
using Distributed.Protocol;
using Distributed.Worker.Shipping;
using Google.Protobuf;

namespace Distributed.Coordinator;

/// <summary>Samples for workers that lack the data.</summary>
/// <remarks>Answers are bounded by <see cref="FrameLimits.MaxShippedBytes"/> and one for each question, so what is queued for a worker is bounded too.</remarks>
public sealed partial class CoordinatorActor
{
    /// <summary>What workers are told of the data; null: nothing is shipped.</summary>
    private readonly DataPart? _shippedTrain;

    /// <summary>Null: there is no test part, or nothing is shipped.</summary>
    private readonly DataPart? _shippedTest;

    /// <summary>What a run ships: both parts, or nothing where it is not to, or where a sample is too large.</summary>
    private (DataPart? Train, DataPart? Test) Describe(bool ships)
    {
        if (!ships || SampleRecords.Describe(SampleRecords.Source(_setup.Train)) is not { } train) return (null, null);
        if (_setup.Test is null) return (train, null);
        return SampleRecords.Describe(SampleRecords.Source(_setup.Test)) is { } test ? (train, test) : (null, null);
    }

    private void OnNeedSamples(Peer peer, NeedSamples need)
    {
        if (_shippedTrain is null || (need.Test && _shippedTest is null))
        {
            Drop(peer, $"it asks for {(need.Test ? "test" : "training")} samples, which this run does not ship");
            return;
        }
        var data = SampleRecords.Source(need.Test ? _setup.Test! : _setup.Train);
        if (WrongQuestion(data, need) is { } wrong)
        {
            Drop(peer, wrong);
            return;
        }
        var records = SampleRecords.Of(data, [.. need.Samples.Select(sample => (int)sample)]);
        var answer = new Samples { Session = peer.Session, Test = need.Test, Records = UnsafeByteOperations.UnsafeWrap(records), Hash = ByteString.CopyFrom(SHA256.HashData(records)) };
        answer.Samples_.AddRange(need.Samples);
        Context.Tell(peer.Worker, answer);
    }

    /// <returns>Null: nothing is wrong with it; else a sentence.</returns>
    private static string? WrongQuestion(DataSet data, NeedSamples need)
    {
        if (need.Samples.Count == 0) return "it asks for no sample";
        if (need.Samples.Count > FrameLimits.MaxShippedSamples || need.Samples.Count * SampleRecords.Bytes(data) > FrameLimits.MaxShippedBytes)
            return $"it asks for {need.Samples.Count} samples at once, which are more than {FrameLimits.MaxShippedSamples}, or than {FrameLimits.MaxShippedBytes} bytes";
        foreach (var sample in need.Samples)
            if (sample >= data.Count) return $"it asks for sample {sample} of {data.Count}";
        return null;
    }
}
