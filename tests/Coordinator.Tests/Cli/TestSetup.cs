using Distributed.Jobs;
using Distributed.Worker;

namespace Distributed.Coordinator.Tests.Cli;

/// <summary>45 samples in batches of 20, 20 and 5; 99 parameters; an optimizer that keeps momentum.</summary>
internal static class TestSetup
{
    public static readonly Job Job = JobReader.Read("""
        data: {spiral: {points: 15}}
        model: [{linear: 16}, tanh, {linear: 3}]
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.5, momentum: 0.9}}
        batch: 20
        epochs: 4
        """, "test").GetOrThrow();

    public static LoadedJob Load()
    {
        var setup = Job.Prepare(new PrepareOptions { BaseFolder = Path.GetTempPath() });
        return new LoadedJob(setup, Job.Fingerprint, setup.DataFingerprint());
    }
}
