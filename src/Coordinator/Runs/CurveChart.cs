using System.Globalization;
using System.Security;
using System.Text;

namespace Distributed.Coordinator.Runs;

/// <param name="Points">By x, in order; what is not finite is left out.</param>
internal sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <param name="Unit">Of x.</param>
internal sealed record CurvePanel(string Title, string Unit, IReadOnlyList<Curve> Curves);

/// <summary>Draws curves as SVG: panels below each other, a colour for each name, the same in all panels.</summary>
internal static class CurveChart
{
    private const int Width = 900, PanelHeight = 280, Left = 70, Right = 20, Top = 34, Bottom = 40, LegendRow = 20, Ticks = 5;

    /// <summary>Told apart by those who see few colours too (Okabe and Ito, 2008).</summary>
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#000000"];

    public static string Draw(IReadOnlyList<CurvePanel> panels)
    {
        string[] names = [.. panels.SelectMany(panel => panel.Curves).Select(curve => curve.Name).Distinct()];
        var height = panels.Count * PanelHeight + LegendRow * (names.Length + 1);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" font-family="sans-serif" font-size="12">""");
        svg.Append(CultureInfo.InvariantCulture, $"""<rect width="{Width}" height="{height}" fill="#fff"/>""");
        for (var i = 0; i < panels.Count; i++) Panel(svg, panels[i], i * PanelHeight, names);
        for (var i = 0; i < names.Length; i++)
        {
            var y = panels.Count * PanelHeight + LegendRow * i + 10;
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{Left} {y}h24" stroke="{Colours[i % Colours.Length]}" stroke-width="3"/><text x="{Left + 32}" y="{y + 4}">{SecurityElement.Escape(names[i])}</text>""");
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static void Panel(StringBuilder svg, CurvePanel panel, int top, string[] names)
    {
        var all = panel.Curves.SelectMany(curve => curve.Points).Where(point => double.IsFinite(point.Y)).ToArray();
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left}" y="{top + 22}" font-size="14" font-weight="bold">{SecurityElement.Escape(panel.Title)}</text>""");
        if (all.Length == 0)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left}" y="{top + 60}">nothing to show</text>""");
            return;
        }
        var (lowX, highX) = Widen(all.Min(point => point.X), all.Max(point => point.X));
        var (lowY, highY) = Widen(all.Min(point => point.Y), all.Max(point => point.Y));
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var (x, y) = (lowX + (highX - lowX) * tick / Ticks, lowY + (highY - lowY) * tick / Ticks);
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{Left} {Y(y):0.#}H{Width - Right}" stroke="#ddd"/><text x="{Left - 6}" y="{Y(y) + 4:0.#}" text-anchor="end">{y:G3}</text>""");
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{X(x):0.#}" y="{top + PanelHeight - Bottom + 18}" text-anchor="middle">{x:G6}</text>""");
        }
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Width - Right}" y="{top + PanelHeight - 6}" text-anchor="end">{SecurityElement.Escape(panel.Unit)}</text>""");
        foreach (var curve in panel.Curves)
        {
            var points = curve.Points.Where(point => double.IsFinite(point.Y)).ToArray();
            if (points.Length == 0) continue;
            var colour = Colours[Array.IndexOf(names, curve.Name) % Colours.Length];
            var path = string.Join('L', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.##} {Y(point.Y):0.##}")));
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>""");
            if (points.Length == 1)
                svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{X(points[0].X):0.##}" cy="{Y(points[0].Y):0.##}" r="3" fill="{colour}"/>""");
        }

        double X(double x) => Left + (x - lowX) / (highX - lowX) * (Width - Left - Right);

        double Y(double y) => top + PanelHeight - Bottom - (y - lowY) / (highY - lowY) * (PanelHeight - Top - Bottom);
    }

    private static (double Low, double High) Widen(double low, double high) => high > low ? (low, high) : (low - 0.5, high + 0.5);
}
