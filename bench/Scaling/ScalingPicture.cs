using System.Globalization;
using System.Text;

namespace Distributed.Scaling;

/// <summary>What was measured (points) and what the model says (lines), as one SVG file. It has no ground of its own and takes its colours from
/// whether the reader's page is light or dark.</summary>
internal static class ScalingPicture
{
    private const int Colours = 8;

    private const string Style = """
        <style>
        text { font-family: sans-serif; fill: #24292f }
        .title { font-size: 13px; font-weight: bold } .label { font-size: 12px } .tick { font-size: 11px }
        .grid { stroke: #8c959f; stroke-opacity: .3; stroke-width: .7 } .axis { stroke: #57606a; stroke-width: 1 }
        .line { fill: none; stroke-width: 1.6 } .ring { fill: none; stroke-width: 1.6 }
        .c0 { stroke: #0969da } .c1 { stroke: #bc4c00 } .c2 { stroke: #1a7f37 }
        .c3 { stroke: #8250df } .c4 { stroke: #bf3989 } .c5 { stroke: #7d6200 } .c6 { stroke: #57606a } .c7 { stroke: #1b7c83 }
        .dot { stroke: none }
        .dot.c0 { fill: #0969da } .dot.c1 { fill: #bc4c00 } .dot.c2 { fill: #1a7f37 }
        .dot.c3 { fill: #8250df } .dot.c4 { fill: #bf3989 } .dot.c5 { fill: #7d6200 } .dot.c6 { fill: #57606a } .dot.c7 { fill: #1b7c83 }
        @media (prefers-color-scheme: dark) {
        text { fill: #d0d7de } .axis { stroke: #8c959f }
        .c0 { stroke: #58a6ff } .c1 { stroke: #f0883e } .c2 { stroke: #3fb950 }
        .c3 { stroke: #bc8cff } .c4 { stroke: #f778ba } .c5 { stroke: #d8b62a } .c6 { stroke: #8c959f } .c7 { stroke: #39c5cf }
        .dot { stroke: none }
        .dot.c0 { fill: #58a6ff } .dot.c1 { fill: #f0883e } .dot.c2 { fill: #3fb950 }
        .dot.c3 { fill: #bc8cff } .dot.c4 { fill: #f778ba } .dot.c5 { fill: #d8b62a } .dot.c6 { fill: #8c959f } .dot.c7 { fill: #39c5cf }
        }
        </style>
        """;

    public static string Draw(ScalingReport report)
    {
        var panels = new List<SvgPanel>();
        if (report.Simulated.Count > 0) panels.Add(Traffic(report));
        if (report.Simulated.Count + report.Sockets.Count + report.Shared.Count > 0) panels.Add(Coordinator(report));
        if (report.Steps.Count > 0) panels.Add(Steps(report));
        if (report.Forecasts.Count > 0) panels.Add(Forecasts(report));
        if (panels.Count == 0) throw new FormatException("nothing was measured that could be drawn");
        var (width, height) = (Math.Min(panels.Count, 2) * SvgPanel.Width, (panels.Count + 1) / 2 * SvgPanel.Height);
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">");
        svg.AppendLine(Style);
        for (var i = 0; i < panels.Count; i++) panels[i].Draw(svg, i % 2 * SvgPanel.Width, i / 2 * SvgPanel.Height);
        return svg.AppendLine("</svg>").ToString();
    }

    /// <summary>Those with as many shards as the first.</summary>
    private static Measurement[] OfOneLayout(ScalingReport report) => [.. report.Simulated.Where(line => line.Shards == report.Simulated[0].Shards)];

    /// <summary>The lines are the formulas, which are exact.</summary>
    private static SvgPanel Traffic(ScalingReport report)
    {
        var simulated = OfOneLayout(report);
        var smallest = simulated.Min(line => line.Floats);
        Measurement[] lines = [.. simulated.Where(line => line.Floats == smallest).OrderBy(line => line.Workers)];
        var title = $"Messages and bytes of a step ({lines[0].Floats:#,0} parameters, {lines[0].Chunks} chunks)";
        return new SvgPanel(title, "workers", "messages, or kB, a step",
        [
            Of("messages in", 0, line => line.FramesIn, line => line.Shape.MessagesIn),
            Of("messages out", 1, line => line.FramesOut, line => line.Shape.MessagesOut),
            Of("kB in", 2, line => line.BytesIn / 1e3, line => 4e-3 * line.Floats * line.Shape.Partials),
        ]);

        Series Of(string name, int colour, Func<Measurement, double> counted, Func<Measurement, double> formula) =>
            new(name, colour, [.. lines.Select(line => (X: (double)line.Workers, counted(line)))],
                [.. lines.Select(line => (X: (double)line.Workers, formula(line)))]);
    }

    private static SvgPanel Coordinator(ScalingReport report)
    {
        var series = new List<Series>();
        if (report.OfTurns is { } turns) AddSizes("simulator's turns", OfOneLayout(report), turns, line => line.CoordinatorTurnMs);
        if (report.OfSockets is { } sockets) AddSizes("sockets", report.Sockets, sockets, line => line.CoordinatorCpuMs);
        if (report.OfShared is { } shared) AddSizes("shared memory", report.Shared, shared, line => line.CoordinatorCpuMs);
        return new SvgPanel("The coordinator's processor time of a step, by parameters", "workers", "ms a step", series);

        void AddSizes(string name, IReadOnlyList<Measurement> lines, CostModel model, Func<Measurement, double> measured)
        {
            foreach (var size in lines.GroupBy(line => line.Floats).OrderBy(size => size.Key))
                Add($"{name}, {(size.Key >= 100_000 ? $"{size.Key / 1e6:0.#} M" : $"{size.Key / 1e3:0} k")}", [.. size], model, measured);
        }

        void Add(string name, IReadOnlyList<Measurement> lines, CostModel model, Func<Measurement, double> measured)
        {
            Measurement[] sorted = [.. lines.OrderBy(line => line.Workers)];
            series.Add(new Series(name, series.Count % Colours, [.. sorted.Select(line => (X: (double)line.Workers, measured(line)))],
                [.. sorted.DistinctBy(line => line.Workers).Select(line => (X: (double)line.Workers, model.Predict(line)))]));
        }
    }

    /// <summary>The engine alone is left out: its points lie on those of one worker.</summary>
    private static SvgPanel Steps(ScalingReport report) => new("Training steps in one process", "parameters", "ms a step",
        [.. report.Steps.Where(line => line.Setting != "engine").GroupBy(line => (line.Batch, line.Workers)).OrderBy(group => group.Key)
            .Select((group, i) =>
        {
            Measurement[] sorted = [.. group.OrderBy(line => line.Floats)];
            return new Series($"{(group.Key.Workers == 1 ? "one worker" : "two workers")}, batch {group.Key.Batch:#,0}", i % Colours,
                [.. sorted.Select(line => (X: (double)line.Floats, line.Ms))],
                [.. sorted.Select(line => (X: (double)line.Floats, report.OfSteps!.Predict(line)))]);
        })]);

    private static SvgPanel Forecasts(ScalingReport report) => new(
        "Forecast: a step with workers on machines of their own", "workers (ring: beyond it no shorter)", "ms a step",
        [.. report.Forecasts.Select((entry, i) =>
        {
            var forecast = entry.Forecast;
            var best = forecast.BestWorkers;
            double[] numbers = [.. Enumerable.Range(0, 81).Select(place => Math.Round(Math.Pow(forecast.Most, place / 80.0))).Distinct()];
            return new Series(entry.Model.Name, i % Colours, [], [.. numbers.Select(workers => (workers, forecast.StepMs((int)workers)))])
            {
                Rings = [(best, forecast.StepMs(best))],
            };
        })]);
}
