using System.Globalization;
using System.Security;
using System.Text;

namespace Distributed.Coordinator.Runs;

/// <param name="Points">By x, in order; what is not finite is left out.</param>
internal sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <param name="Unit">Of x, which are whole numbers.</param>
internal sealed record CurvePanel(string Title, string Unit, IReadOnlyList<Curve> Curves, CurveScale Scale = CurveScale.Linear);

/// <summary>Of y.</summary>
internal enum CurveScale
{
    Linear,

    /// <summary>Numbers that are not above zero are left out.</summary>
    Logarithmic,

    /// <summary>Of 1, told in percent.</summary>
    Share,
}

/// <summary>Draws curves as SVG: panels below each other, a colour for each name, the same in all panels.</summary>
internal static class CurveChart
{
    private const int Width = 900, PanelHeight = 280, Left = 70, Right = 30, Top = 34, Bottom = 40, LegendRow = 20;

    /// <summary>Told apart by those who see few colours too (Okabe and Ito, 2008).</summary>
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#000000"];

    public static string Draw(IReadOnlyList<CurvePanel> panels)
    {
        string[] names = [.. panels.SelectMany(panel => panel.Curves).Select(curve => curve.Name).Distinct()];
        var height = panels.Count * PanelHeight + LegendRow * (names.Length + 1);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" font-family="sans-serif" font-size="12">""");
        svg.Append(CultureInfo.InvariantCulture, $"""<rect width="{Width}" height="{height}" fill="#fff"/>""");
        for (var i = 0; i < names.Length; i++)
        {
            var y = LegendRow * (i + 1);
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{Left} {y}h24" stroke="{Colours[i % Colours.Length]}" stroke-width="3"/><text x="{Left + 32}" y="{y + 4}">{SecurityElement.Escape(names[i])}</text>""");
        }
        for (var i = 0; i < panels.Count; i++) Panel(svg, panels[i], LegendRow * (names.Length + 1) + i * PanelHeight, names);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Panel(StringBuilder svg, CurvePanel panel, int top, string[] names)
    {
        bool IsShown((double X, double Y) point) => double.IsFinite(point.Y) && (panel.Scale != CurveScale.Logarithmic || point.Y > 0);

        var all = panel.Curves.SelectMany(curve => curve.Points).Where(IsShown).ToArray();
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left}" y="{top + 22}" font-size="14" font-weight="bold">{SecurityElement.Escape(panel.Title)}</text>""");
        if (all.Length == 0)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left}" y="{top + 60}">nothing to show</text>""");
            return;
        }
        var (across, up) = (Axis.OfWhole(all.Min(point => point.X), all.Max(point => point.X)), Up(panel.Scale, all.Min(point => point.Y), all.Max(point => point.Y)));
        foreach (var tick in up.Ticks)
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{Left} {Y(tick):0.#}H{Width - Right}" stroke="#ddd"/><text x="{Left - 6}" y="{Y(tick) + 4:0.#}" text-anchor="end">{Text(tick)}</text>""");
        foreach (var tick in across.Ticks)
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{X(tick):0.#} {top + PanelHeight - Bottom}v4" stroke="#999"/><text x="{X(tick):0.#}" y="{top + PanelHeight - Bottom + 18}" text-anchor="middle">{Axis.Text(tick)}</text>""");
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Width - Right}" y="{top + PanelHeight - 6}" text-anchor="end">{SecurityElement.Escape(panel.Unit)}</text>""");
        foreach (var curve in panel.Curves)
        {
            var points = curve.Points.Where(IsShown).ToArray();
            if (points.Length == 0) continue;
            var colour = Colours[Array.IndexOf(names, curve.Name) % Colours.Length];
            var path = string.Join('L', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.##} {Y(point.Y):0.##}")));
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>""");
            if (points.Length == 1)
                svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{X(points[0].X):0.##}" cy="{Y(points[0].Y):0.##}" r="3" fill="{colour}"/>""");
        }

        double X(double x) => Left + across.At(x) * (Width - Left - Right);

        double Y(double y) => top + PanelHeight - Bottom - up.At(y) * (PanelHeight - Top - Bottom);

        string Text(double tick) => panel.Scale == CurveScale.Share ? $"{Axis.Text(100 * tick)} %" : Axis.Text(tick);
    }

    private static Axis Up(CurveScale scale, double low, double high) => scale switch
    {
        CurveScale.Logarithmic => Axis.Logarithmic(low, high),
        CurveScale.Share => Axis.OfShares(low, high),
        _ => Axis.Of(low, high),
    };
}
