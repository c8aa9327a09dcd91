using System.Globalization;
using System.Text;

namespace Distributed.Scaling;

/// <summary>The model fitted to measured lines, as tables in Markdown: measured : predicted (error).</summary>
internal sealed class ScalingReport
{
    /// <param name="gflops">10⁹ operations a second of a worker; null: as the steps in one process were measured.</param>
    public ScalingReport(IReadOnlyList<Measurement> lines, IReadOnlyList<DenseModel> models, double? gflops, double gbit, double latencyMs)
    {
        Simulated = [.. lines.Where(line => line.Kind == Measurement.Simulated)];
        Sockets = [.. lines.Where(line => line is { Kind: Measurement.Exchanged, SharedMemory: false })];
        Shared = [.. lines.Where(line => line is { Kind: Measurement.Exchanged, SharedMemory: true })];
        Steps = [.. lines.Where(line => line.Kind == Measurement.Stepped)];
        if (Simulated.Count > 0) OfTurns = CostModel.OfTurns(Simulated);
        if (Sockets.Count > 0) (OfSockets, OfSocketStep) = (CostModel.OfCoordinator(Sockets, false), CostModel.OfExchange(Sockets, false));
        if (Shared.Count > 0) (OfShared, OfSharedStep) = (CostModel.OfCoordinator(Shared, true), CostModel.OfExchange(Shared, true));
        if (Steps.Count > 0) OfSteps = CostModel.OfSteps(Steps);
        (Gbit, LatencyMs) = (gbit, latencyMs);
        var msPerGflop = gflops is { } speed ? 1000 / speed : OfSteps?.MsPerGflop;
        Forecasts = OfSockets is null || msPerGflop is not { } ms ? []
            : [.. models.Select(model => (model, new StepForecast(model.Parameters, model.Batch, model.Gflop, ms, gbit, latencyMs, OfSockets, OfTurns)))];
    }

    public IReadOnlyList<Measurement> Simulated { get; }

    public IReadOnlyList<Measurement> Sockets { get; }

    public IReadOnlyList<Measurement> Shared { get; }

    public IReadOnlyList<Measurement> Steps { get; }

    public CostModel? OfTurns { get; }

    /// <summary>The coordinator's processor time.</summary>
    public CostModel? OfSockets { get; }

    public CostModel? OfShared { get; }

    /// <summary>By the clock.</summary>
    public CostModel? OfSocketStep { get; }

    public CostModel? OfSharedStep { get; }

    public CostModel? OfSteps { get; }

    public double Gbit { get; }

    public double LatencyMs { get; }

    public IReadOnlyList<(DenseModel Model, StepForecast Forecast)> Forecasts { get; }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        if (OfTurns is { } turns) AppendSimulated(text, turns);
        if (Sockets.Count + Shared.Count > 0) AppendExchanges(text);
        if (OfSteps is { } steps) AppendSteps(text, steps);
        AppendForecasts(text);
        return text.ToString();
    }

    private void AppendSimulated(StringBuilder text, CostModel turns)
    {
        string[] heads = ["workers", "shards", "parameters", "partial sums", "messages in", "messages out", "bytes in", "bytes out", "formulas",
            "coordinator's turns, ms", "virtual step, ms"];
        Table(text, heads, Simulated.Select(line => (string[])
        [
            .. new long[] { line.Workers, line.Shards, line.Floats, line.PartialSums, line.FramesIn, line.FramesOut, line.BytesIn, line.BytesOut }
                .Select(count => $"{count:#,0}"),
            line.AsPredicted == true ? "exact" : "**other**", Compared(line.CoordinatorTurnMs, turns.Predict(line)), CostModel.Number(line.Ms),
        ]));
        Explain(text, "Turns of the coordinator in the simulator", Simulated, turns, line => line.CoordinatorTurnMs);
    }

    private void AppendExchanges(StringBuilder text)
    {
        Pivot("exchange, ms", OfSocketStep, OfSharedStep, line => line.Ms);
        Explain(text, "Exchange by the clock, sockets", Sockets, OfSocketStep, line => line.Ms);
        Explain(text, "Exchange by the clock, shared memory", Shared, OfSharedStep, line => line.Ms);
        Pivot("coordinator's processor, ms", OfSockets, OfShared, line => line.CoordinatorCpuMs);
        Explain(text, "The coordinator's processor time, sockets", Sockets, OfSockets, line => line.CoordinatorCpuMs);
        Explain(text, "The coordinator's processor time, shared memory", Shared, OfShared, line => line.CoordinatorCpuMs);

        void Pivot(string what, CostModel? sockets, CostModel? shared, Func<Measurement, double> measured)
        {
            Measurement[] lines = [.. Sockets, .. Shared];
            (bool IsShared, int Floats)[] columns = [.. lines.Select(line => (line.SharedMemory, line.Floats)).Distinct().Order()];
            Table(text, [$"workers: {what}", .. columns.Select(column => $"{(column.IsShared ? "shared" : "sockets")} {column.Floats / 1e6:0.#} M")],
                lines.Select(line => line.Workers).Distinct().Order().Select(workers => (string[])[$"{workers}", .. columns.Select(column =>
                {
                    var here = lines.Where(line => line.Workers == workers && (line.SharedMemory, line.Floats) == column);
                    return Cell(here, column.IsShared ? shared! : sockets!, measured);
                })]));
        }
    }

    private void AppendSteps(StringBuilder text, CostModel steps)
    {
        int[] columns = [.. Steps.Select(line => line.Floats).Distinct().Order()];
        Table(text, ["step, ms", "batch", .. columns.Select(floats => $"{floats / 1e6:0.##} M")],
            Steps.Select(line => (line.Setting, line.Batch)).Distinct().Select(row => (string[])[row.Setting ?? "", $"{row.Batch:#,0}",
                .. columns.Select(floats => Cell(Steps.Where(line => (line.Setting, line.Batch) == row && line.Floats == floats), steps, line => line.Ms))]));
        Explain(text, "Steps in one process", Steps, steps, line => line.Ms);
    }

    private void AppendForecasts(StringBuilder text)
    {
        if (Forecasts.Count == 0) return;
        Table(text, ["model", "step with 1 worker, ms", "shortest step, ms", "with workers", "a tenth longer with", "times as fast", "limited by"],
            Forecasts.Select(entry =>
            {
                var (model, forecast) = entry;
                var best = forecast.BestWorkers;
                var (one, shortest) = (forecast.StepMs(1), forecast.StepMs(best));
                var limit = best == forecast.Most ? "its batch, or the most workers there may be"
                    : forecast.IsLinkBound(best) ? "the coordinator's link" : "the coordinator's processor";
                return (string[])[model.Name, CostModel.Number(one), CostModel.Number(shortest), $"{best}", $"{forecast.EnoughWorkers}",
                    $"{one / shortest:0.0}", limit];
            }));
        text.AppendLine(CultureInfo.InvariantCulture,
            $"Workers on machines of their own, sockets, {1000 / Forecasts[0].Forecast.MsPerGflop:0} GFLOP/s a worker, "
            + $"the coordinator's link of {Gbit:0.#} Gbit/s, latency {LatencyMs:0.###} ms.");
    }

    /// <summary>Of the median line, where it was measured more than once.</summary>
    private static string Cell(IEnumerable<Measurement> lines, CostModel model, Func<Measurement, double> measured)
    {
        Measurement[] sorted = [.. lines.OrderBy(measured)];
        return sorted.Length == 0 ? "" : Compared(measured(sorted[sorted.Length / 2]), model.Predict(sorted[0]));
    }

    private static string Compared(double measured, double predicted) =>
        $"{CostModel.Number(measured)} : {CostModel.Number(predicted)} ({100 * (predicted - measured) / measured:+0;-0;0} %)";

    private static void Explain(StringBuilder text, string what, IReadOnlyList<Measurement> lines, CostModel? model, Func<Measurement, double> measured)
    {
        if (model is null) return;
        double[] errors = [.. lines.Select(line => Math.Abs(model.Predict(line) - measured(line)) / measured(line)).Order()];
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{what}: {model}. Off by {100 * errors[errors.Length / 2]:0} % (median), {100 * errors[^1]:0} % (most) in {errors.Length} measurements.\n");
    }

    private static void Table(StringBuilder text, string[] heads, IEnumerable<string[]> rows)
    {
        text.AppendLine($"| {string.Join(" | ", heads)} |");
        text.AppendLine($"|{string.Concat(Enumerable.Repeat("---|", heads.Length))}");
        foreach (var row in rows) text.AppendLine($"| {string.Join(" | ", row)} |");
        text.AppendLine();
    }
}
