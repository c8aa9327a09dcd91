using System.Globalization;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Cli;

/// <summary>What <c>train --dry-run</c> finds out: what a run would cost, from a few of its steps.</summary>
/// <param name="stop">Ends the run.</param>
internal sealed class DryRun(Action<string> stop) : IRunObserver
{
    /// <summary>Steps that are measured: the last ones.</summary>
    public const int Steps = 3;

    /// <summary>Seconds of training until then: the first steps of a program are its slowest.</summary>
    private const double WarmUp = 1;

    private readonly Queue<double> _ends = new();
    private long _answers, _steps;

    public void On(RunEvent happened)
    {
    }

    public void OnAnswered(long step, int worker, double computeSeconds) => _answers++;

    public void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples)
    {
        _steps++;
        _ends.Enqueue(trainSeconds);
        if (_ends.Count > Steps + 1) _ends.Dequeue();
        if (trainSeconds >= WarmUp && _ends.Count > Steps) stop("the dry run has seen enough");
    }

    /// <param name="workers">That take part.</param>
    /// <param name="model">Of <c>describe</c>.</param>
    /// <param name="workersPeakBytes">Of all worker processes together; 0: they are none of this machine's.</param>
    /// <param name="ownPeakBytes">Of this process.</param>
    public IEnumerable<string> Lines(TrainingSetup setup, int workers, IEnumerable<string> model, long workersPeakBytes, long ownPeakBytes)
    {
        foreach (var line in model) yield return line;
        var weights = 4L * setup.Model.Parameters.Count;
        yield return "";
        yield return workersPeakBytes > 0
            ? $"memory      {Summary.Bytes(workersPeakBytes / workers)} for each of {workers} workers, {Summary.Bytes(ownPeakBytes)} for the coordinator (peaks of this dry run)"
            : $"memory      {Summary.Bytes(ownPeakBytes)} for this process with its workers (peak of this dry run)";
        var (down, up) = (weights * workers, weights * _answers / Math.Max(1, _steps));
        yield return $"traffic     {Summary.Bytes(down)} of weights to the workers and {Summary.Bytes(up)} of sums from them in each step; between processes of one machine it stays in shared memory";
        if (_ends.Count < 2)
        {
            yield return "time        not to be told: the job has one step";
            yield break;
        }
        var step = (_ends.Last() - _ends.First()) / (_ends.Count - 1);
        var left = TimeSpan.FromSeconds(Math.Ceiling(step * setup.TotalSteps));
        yield return string.Create(CultureInfo.InvariantCulture,
            $"time        {1000 * step:0.###} ms a step, {setup.Layout.Batch / step:N0} samples/s (mean of {RunProgress.Count(_ends.Count - 1, "step")}): {left:c} for {RunProgress.Count(setup.TotalSteps, "step")}, tests on the test set not counted");
    }
}
