using System.Globalization;
using Distributed.Simulations.Faults;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Cli;

/// <summary>What many runs came to: the table that is printed at the end.</summary>
internal sealed class Totals
{
    private readonly FaultTally _faults = new();
    private readonly SortedDictionary<string, long> _violations = new(StringComparer.Ordinal);

    public long Runs { get; private set; }

    public long Broken { get; private set; }

    public long Steps { get; private set; }

    public long Coordinators { get; private set; }

    public long Frames { get; private set; }

    public long Shipped { get; private set; }

    public TimeSpan Time { get; private set; }

    public FaultTally Faults => _faults;

    public void Add(RunReport report)
    {
        Runs++;
        if (report.Violations.Count > 0) Broken++;
        Steps += report.Steps;
        Coordinators += report.Coordinators;
        Frames += report.Frames;
        Shipped += report.Shipped;
        Time += report.Time;
        _faults.Add(report.Faults);
        foreach (var violation in report.Violations)
            _violations[violation.Property] = _violations.GetValueOrDefault(violation.Property) + 1;
    }

    public void Write(TextWriter output, TimeSpan real)
    {
        void Line(string what, string figure) => output.WriteLine($"{what,-34}{figure,14}");
        string Number(double number, string format = "N0") => number.ToString(format, CultureInfo.InvariantCulture);
        output.WriteLine("faults");
        foreach (var kind in FaultNames.All) Line($"  {FaultNames.Of(kind)}", Number(_faults[kind]));
        Line("  all", Number(_faults.Total));
        Line("runs", Number(Runs));
        Line("coordinators started", Number(Coordinators));
        Line("steps committed", Number(Steps));
        Line("messages between nodes", Number(Frames));
        Line("samples shipped", Number(Shipped));
        Line("simulated hours", Number(Time.TotalHours, "N1"));
        Line("real seconds", Number(real.TotalSeconds, "N1"));
        Line("simulated seconds in a real one", Number(Time.TotalSeconds / Math.Max(1e-3, real.TotalSeconds)));
        Line("runs with a violation", Number(Broken));
        foreach (var (property, count) in _violations) Line($"  {property}", Number(count));
    }
}
