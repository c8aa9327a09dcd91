using System.Globalization;
using System.Text;

namespace Distributed.Scaling;

/// <summary>Points that were measured and a line that a model gives, in one colour.</summary>
/// <param name="Colour">0 to 7: a class of the picture's style.</param>
internal sealed record Series(string Name, int Colour, IReadOnlyList<(double X, double Y)> Points, IReadOnlyList<(double X, double Y)> Line)
{
    /// <summary>Points that are marked with a ring: where something is told of.</summary>
    public IReadOnlyList<(double X, double Y)> Rings { get; init; } = [];
}

/// <summary>One diagram with logarithmic axes, drawn as SVG elements.</summary>
/// <param name="x">What the axis shows, with its unit.</param>
internal sealed class SvgPanel(string title, string x, string y, IReadOnlyList<Series> series)
{
    public const int Width = 470, Height = 390;
    private const int Left = 62, Right = 14, Top = 30, Foot = 46, LegendLine = 14;

    /// <summary>Labels are no closer than this, in pixels.</summary>
    private const double LeastLabelSpace = 24;

    private double PlotHeight => Height - Top - Foot - (((series.Count + 1) / 2) * LegendLine) - 8;

    public void Draw(StringBuilder svg, int left, int top)
    {
        var (minX, maxX) = Range(point => point.X);
        var (minY, maxY) = Range(point => point.Y);
        svg.AppendLine(CultureInfo.InvariantCulture, $"<g transform=\"translate({left} {top})\">");
        Text(svg, Width / 2.0, 16, title, "middle", "title");
        foreach (var (value, place) in Ticks(minX, maxX, X))
        {
            Line(svg, place, Top, place, Top + PlotHeight, "grid");
            Text(svg, place, Top + PlotHeight + 14, Label(value), "middle", "tick");
        }
        foreach (var (value, place) in Ticks(minY, maxY, Y))
        {
            Line(svg, Left, place, Width - Right, place, "grid");
            Text(svg, Left - 5, place + 4, Label(value), "end", "tick");
        }
        Line(svg, Left, Top + PlotHeight, Width - Right, Top + PlotHeight, "axis");
        Line(svg, Left, Top, Left, Top + PlotHeight, "axis");
        Text(svg, Left + ((Width - Left - Right) / 2.0), Top + PlotHeight + 31, x, "middle", "label");
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"<text class=\"label\" text-anchor=\"middle\" transform=\"translate(14 {Top + (PlotHeight / 2):0.#}) rotate(-90)\">{Escape(y)}</text>");
        foreach (var one in series) Draw(svg, one);
        Legend(svg);
        svg.AppendLine("</g>");

        double X(double value) => Left + (Math.Log(value / minX) / Math.Log(maxX / minX) * (Width - Left - Right));

        double Y(double value) => Top + PlotHeight - (Math.Log(value / minY) / Math.Log(maxY / minY) * PlotHeight);

        void Draw(StringBuilder svg, Series one)
        {
            if (one.Line.Count > 1)
            {
                var path = string.Join(' ', one.Line.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.#},{Y(point.Y):0.#}")));
                svg.AppendLine(CultureInfo.InvariantCulture, $"<polyline class=\"line c{one.Colour}\" points=\"{path}\"/>");
            }
            foreach (var point in one.Points)
                svg.AppendLine(CultureInfo.InvariantCulture, $"<circle class=\"dot c{one.Colour}\" cx=\"{X(point.X):0.#}\" cy=\"{Y(point.Y):0.#}\" r=\"3\"/>");
            foreach (var point in one.Rings)
                svg.AppendLine(CultureInfo.InvariantCulture, $"<circle class=\"ring c{one.Colour}\" cx=\"{X(point.X):0.#}\" cy=\"{Y(point.Y):0.#}\" r=\"6\"/>");
        }
    }

    /// <summary>From the smallest to the largest of all points and lines, and a little more.</summary>
    private (double Min, double Max) Range(Func<(double X, double Y), double> of)
    {
        double[] values = [.. series.SelectMany(one => one.Points.Concat(one.Line)).Select(of)];
        return (values.Min() / 1.15, values.Max() * 1.15);
    }

    /// <summary>Powers of ten, and 2 and 5 times them where there is room.</summary>
    private static List<(double Value, double Place)> Ticks(double min, double max, Func<double, double> place)
    {
        var ticks = new List<(double Value, double Place)>();
        foreach (var digit in (int[])[1, 2, 5])
            for (var power = Math.Floor(Math.Log10(min)); power <= Math.Log10(max); power++)
            {
                var value = digit * Math.Pow(10, power);
                if (value < min || value > max) continue;
                var at = place(value);
                if (ticks.TrueForAll(tick => Math.Abs(tick.Place - at) >= LeastLabelSpace)) ticks.Add((value, at));
            }
        return ticks;
    }

    private void Legend(StringBuilder svg)
    {
        for (var i = 0; i < series.Count; i++)
        {
            var (at, top) = (Left + (i % 2 * (Width - Left) / 2), Top + PlotHeight + Foot + (i / 2 * LegendLine));
            if (series[i].Line.Count > 1)
                svg.AppendLine(CultureInfo.InvariantCulture, $"<path class=\"line c{series[i].Colour}\" d=\"M{at - 8} {top:0.#}h16\"/>");
            if (series[i].Points.Count > 0)
                svg.AppendLine(CultureInfo.InvariantCulture, $"<circle class=\"dot c{series[i].Colour}\" cx=\"{at}\" cy=\"{top:0.#}\" r=\"3\"/>");
            Text(svg, at + 13, top + 4, series[i].Name, "start", "tick");
        }
    }

    private static string Label(double value) => value switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.#} G"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.#} M"),
        >= 2e4 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.#} k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.#####}"),
    };

    private static void Line(StringBuilder svg, double x1, double y1, double x2, double y2, string style) =>
        svg.AppendLine(CultureInfo.InvariantCulture, $"<path class=\"{style}\" d=\"M{x1:0.#} {y1:0.#}L{x2:0.#} {y2:0.#}\"/>");

    private static void Text(StringBuilder svg, double x, double y, string text, string anchor, string style) =>
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text class=\"{style}\" x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{Escape(text)}</text>");

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
