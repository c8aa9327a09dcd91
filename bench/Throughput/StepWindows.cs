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
    private TimeSpan _processor;

    /// <summary>Samples a second of each window so far.</summary>
    public IReadOnlyList<double> Rates => _rates;

    /// <summary>The warm-up is over.</summary>
    public bool HasBegun => _begin is not null;

    /// <summary>Steps in the windows.</summary>
    public long Steps { get; private set; }

    /// <summary>Processor time of this process in the windows, all threads: of more worth than the clock where others use the machine.</summary>
    public TimeSpan ProcessorTime { get; private set; }

    public bool IsDone => _rates.Count == count;

    public void Commit(in RunEvent.StepCommitted step) => Commit(step.TrainSeconds, step.Samples, step.Step);

    public void Commit(double now, long samples, long step)
    {
        if (IsDone || now < warmUp) return;
        if (_begin is not { } begin)
        {
            _begin = (now, samples, step);
            _processor = Environment.CpuUsage.TotalTime;
            return;
        }
        if (now - begin.Seconds < seconds) return;
        _rates.Add((samples - begin.Samples) / (now - begin.Seconds));
        Steps += step - begin.Step;
        ProcessorTime = Environment.CpuUsage.TotalTime - _processor;
        _begin = (now, samples, step);
    }
}
