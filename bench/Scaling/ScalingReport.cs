using System.Globalization;
using System.Text;

namespace Distributed.Scaling;

/// <summary>The model fitted to measured lines, as tables in Markdown.</summary>
/// <param name="gflops">10⁹ operations a second of a worker; null: as the steps of one worker were measured.</param>
internal sealed class ScalingReport
{
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
        if (OfSockets is not null) AppendExchanges(text, "sockets", Sockets, OfSockets, OfSocketStep!);
        if (OfShared is not null) AppendExchanges(text, "shared memory", Shared, OfShared, OfSharedStep!);
        if (OfSteps is { } steps) AppendSteps(text, steps);
        AppendForecasts(text);
        return text.ToString();
    }

    private void AppendSimulated(StringBuilder text, CostModel turns)
    {
        Table(text, ["workers", "partial sums", "parameters", "messages in", "messages out", "bytes in", "bytes out", "formulas", "turns: measured, ms", "model", "error",
            "virtual step, ms"],
            Simulated.Select(line => (string[])[$"{line.Workers:#,0}", $"{line.PartialSums:#,0}", $"{line.Floats:#,0}", $"{line.FramesIn:#,0}", $"{line.FramesOut:#,0}",
                $"{line.BytesIn:#,0}", $"{line.BytesOut:#,0}", line.AsPredicted == true ? "exact" : "**other**", .. Compared(line.CoordinatorTurnMs, turns.Predict(line)),
                CostModel.Number(line.Ms)]));
        text.AppendLine(CultureInfo.InvariantCulture, $"Turns of the coordinator in the simulator: {turns}; {Errors(Simulated, turns, line => line.CoordinatorTurnMs)}.\n");
    }

    private static void AppendExchanges(StringBuilder text, string how, IReadOnlyList<Measurement> lines, CostModel coordinator, CostModel step)
    {
        Table(text, [$"workers ({how})", "parameters", "messages", "MB in and out", "exchange: measured, ms", "model", "error", "coordinator's processor: measured, ms", "model",
            "error"],
            lines.Select(line => (string[])[$"{line.Workers}", $"{line.Floats:#,0}", $"{line.Shape.MessagesIn + line.Shape.MessagesOut:#,0}",
                $"{4e-6 * line.Floats * (line.Shape.Partials + line.Workers):#,0.0}", .. Compared(line.Ms, step.Predict(line)),
                .. Compared(line.CoordinatorCpuMs, coordinator.Predict(line))]));
        text.AppendLine(CultureInfo.InvariantCulture, $"Exchange by the clock, {how}: {step}; {Errors(lines, step, line => line.Ms)}.\n");
        text.AppendLine(CultureInfo.InvariantCulture, $"The coordinator's processor time, {how}: {coordinator}; {Errors(lines, coordinator, line => line.CoordinatorCpuMs)}.\n");
    }

    private void AppendSteps(StringBuilder text, CostModel steps)
    {
        Table(text, ["setting", "parameters", "batch", "GFLOP", "step: measured, ms", "model", "error"],
            Steps.Select(line => (string[])[line.Setting ?? "", $"{line.Floats:#,0}", $"{line.Batch:#,0}", CostModel.Number(line.Gflop),
                .. Compared(line.Ms, steps.Predict(line))]));
        text.AppendLine(CultureInfo.InvariantCulture, $"Steps in one process: {steps}; {Errors(Steps, steps, line => line.Ms)}.\n");
    }

    private void AppendForecasts(StringBuilder text)
    {
        if (Forecasts.Count == 0) return;
        Table(text, ["model", "step with 1 worker, ms", "shortest step, ms", "with workers", "a tenth longer with", "times as fast", "limited by"],
            Forecasts.Select(entry =>
            {
                var (model, forecast) = entry;
                var best = forecast.BestWorkers;
                var limit = best == forecast.Most ? "its batch, or the most workers there may be" : forecast.IsLinkBound(best) ? "the coordinator's link" : "the coordinator's processor";
                return (string[])[model.Name, CostModel.Number(forecast.StepMs(1)), CostModel.Number(forecast.StepMs(best)), $"{best}", $"{forecast.EnoughWorkers}",
                    $"{forecast.StepMs(1) / forecast.StepMs(best):0.0}", limit];
            }));
        text.AppendLine(CultureInfo.InvariantCulture,
            $"Workers on machines of their own, sockets, {1000 / Forecasts[0].Forecast.MsPerGflop:0} GFLOP/s a worker, a link of {Gbit:0.#} Gbit/s, latency {LatencyMs:0.###} ms.");
    }

    private static string[] Compared(double measured, double predicted) =>
        [CostModel.Number(measured), CostModel.Number(predicted), $"{100 * (predicted - measured) / measured:+0;-0;0} %"];

    private static string Errors(IReadOnlyList<Measurement> lines, CostModel model, Func<Measurement, double> measured)
    {
        double[] errors = [.. lines.Select(line => Math.Abs(model.Predict(line) - measured(line)) / measured(line)).Order()];
        return $"off by {100 * errors[errors.Length / 2]:0} % (median), {100 * errors[^1]:0} % (most) in {errors.Length} measurements";
    }

    private static void Table(StringBuilder text, string[] heads, IEnumerable<string[]> rows)
    {
        text.AppendLine($"| {string.Join(" | ", heads)} |");
        text.AppendLine($"|{string.Concat(Enumerable.Repeat("---|", heads.Length))}");
        foreach (var row in rows) text.AppendLine($"| {string.Join(" | ", row)} |");
        text.AppendLine();
    }
}
