using System.Diagnostics;
using Distributed.Simulations.Faults;
using Distributed.Simulations.Jobs;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Cli;

/// <summary>Runs many seeds, each in one thread, and adds up what they came to.</summary>
/// <param name="threads">Simulations at a time.</param>
/// <param name="stopAfter">Runs with a violation after which no more are begun.</param>
internal sealed class Batch(IReadOnlySet<FaultKind> faults, int threads, int stopAfter)
{
    private readonly Lock _gate = new();
    private ulong _next;
    private ulong _end;

    public Totals Totals { get; } = new();

    public TimeSpan Real { get; private set; }

    /// <param name="violated">Told of each run in which a property did not hold, one at a time.</param>
    public void Run(ulong first, ulong count, Action<RunReport> violated)
    {
        (_next, _end) = (first, first + count);
        var watch = Stopwatch.StartNew();
        Thread[] running = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() => Work(violated)))];
        foreach (var thread in running) thread.Start();
        foreach (var thread in running) thread.Join();
        Real = watch.Elapsed;
    }

    private void Work(Action<RunReport> violated)
    {
        var catalog = new JobCatalog();
        while (Take() is { } seed)
        {
            var scenario = Scenario.Draw(seed, faults);
            var report = new SimulatedRun(scenario, catalog.Of(scenario.Job)).Run();
            lock (_gate)
            {
                Totals.Add(report);
                if (report.Violations.Count > 0) violated(report);
            }
        }
    }

    private ulong? Take()
    {
        lock (_gate) return _next < _end && Totals.Broken < stopAfter ? _next++ : null;
    }
}
