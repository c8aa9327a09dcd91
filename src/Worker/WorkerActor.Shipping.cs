using System.Security.Cryptography;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Worker;

/// <summary>The samples of a worker without the data: asked for, kept, waited for.</summary>
/// <remarks>
/// One question is open at a time: what is assigned first, then what is evaluated, then the same shards of the next steps. Held are the samples whose
/// writing was given to the work queue, in which whatever reads them stands behind.
/// </remarks>
public sealed partial class WorkerActor
{
    /// <summary>The shards of the newest step that was assigned.</summary>
    private readonly List<AssignedRun> _ahead = [];

    /// <summary>The open question; null: there is none.</summary>
    private NeedSamples? _asked;

    /// <summary>Whether a run of shards can begin. One whose weights are gone is dropped without its samples.</summary>
    private bool HasSamples(in AssignedRun run) =>
        _job!.Shipped is not { } shipped || !_replica!.Holds(run.Step) || shipped.HasShards(run.Epoch, run.Batch, run.Range);

    private bool HasSamples(Evaluate evaluate) =>
        _job!.Shipped is not { } shipped || !_replica!.Holds((long)evaluate.Version)
        || shipped.HasBlocks(evaluate.Blocks);

    /// <summary>A worker mostly gets the same shards of the next step.</summary>
    private void LookAhead(long step)
    {
        _ahead.RemoveAll(run => run.Step != step);
        _ahead.AddRange(_assigned.Where(run => run.Step == step && !_ahead.Contains(run)));
    }

    private void AskForSamples()
    {
        if (_asked is not null || _job?.Shipped is not { } shipped) return;
        var missing = new HashSet<uint>();
        foreach (var run in _assigned) shipped.AddShards(run.Epoch, run.Batch, run.Range, missing);
        var isTest = missing.Count == 0;
        if (isTest)
            foreach (var blocks in _evaluations.SelectMany(evaluate => evaluate.Blocks)) shipped.AddBlocks(blocks, missing);
        if (missing.Count == 0)
        {
            isTest = false;
            AddAhead(missing);
        }
        if (missing.Count == 0) return;
        _asked = new NeedSamples { Session = _session, Test = isTest };
        _asked.Samples.AddRange(missing);
        Context.Tell(_leader!, _asked);
    }

    private void AddAhead(HashSet<uint> missing)
    {
        var (shipped, setup) = (_job!.Shipped!, _job.Setup);
        for (var more = 1; more <= WorkerLimits.StepsAhead; more++)
            foreach (var run in _ahead)
            {
                var step = run.Step + more;
                if (step >= setup.TotalSteps) continue;
                var (epoch, batch) = Math.DivRem(step, setup.Layout.BatchesPerEpoch);
                shipped.AddShards((int)epoch, (int)batch, run.Range, missing);
            }
    }

    private void OnSamples(Samples samples)
    {
        if (_asked is not { } asked || asked.Test != samples.Test || !asked.Samples.Equals(samples.Samples_))
        {
            Ignore(samples, "it answers no open question");
            return;
        }
        _asked = null;
        var part = _job!.Shipped!.Part(samples.Test);
        if (samples.Records.Length != samples.Samples_.Count * (long)part.RecordBytes)
        {
            Fail($"the coordinator sends {samples.Records.Length} bytes for {samples.Samples_.Count} samples of {part.RecordBytes}", input: false);
            return;
        }
        Context.Run("keep samples", _ =>
        {
            if (!SHA256.HashData(samples.Records.Span).AsSpan().SequenceEqual(samples.Hash.Span))
                throw new InvalidDataException("samples came with a wrong hash: this machine or the coordinator's is faulty");
            for (var i = 0; i < samples.Samples_.Count; i++)
                part.Write((int)samples.Samples_[i], samples.Records.Span.Slice(i * part.RecordBytes, part.RecordBytes));
        });
        _job.Shipped.Hold(samples.Test, samples.Samples_);
        StartWaiting();
    }
}
