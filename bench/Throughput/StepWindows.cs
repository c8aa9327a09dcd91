using Distributed.Coordinator.Running;

namespace Distributed.Throughput;

/// <summary>Cuts a run into windows after a warm-up and takes the rate of each.</summary>
/// <remarks>The clock is the run's own: gathering the batch is in it, evaluation is not.</remarks>
/// <param name="warmUp">Seconds of steps that are not counted.</param>
/// <param name="seconds">Of a window at least; it ends with the step that passes them.</param>
internal sealed class StepWindows(int count, double seconds, double warmUp)
{
    private readonly List<double> _rates = [];
    private (double Seconds, long Samples, long Step)? _begin;

    /// <summary>Samples a second of each window so far.</summary>
    public IReadOnlyList<double> Rates => _rates;

    /// <summary>The warm-up is over.</summary>
    public bool HasBegun => _begin is not null;

    /// <summary>Steps in the windows.</summary>
    public long Steps { get; private set; }

    public bool IsDone => _rates.Count == count;

    public void Commit(in RunEvent.StepCommitted step) => Commit(step.TrainSeconds, step.Samples, step.Step);

    public void Commit(double now, long samples, long step)
    {
        if (IsDone || now < warmUp) return;
        if (_begin is not { } begin)
        {
            _begin = (now, samples, step);
            return;
        }
        if (now - begin.Seconds < seconds) return;
        _rates.Add((samples - begin.Samples) / (now - begin.Seconds));
        Steps += step - begin.Step;
        _begin = (now, samples, step);
    }
}
