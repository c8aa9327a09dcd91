using System.Globalization;
using System.Xml.Linq;
using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Tests.Runs;

public class CurveChartTests
{
    private static readonly Curve Falling = new("a & b", [(12, 0.8), (100, 0.1), (5618, 0.015)]);

    [Fact]
    public void Numbers_along_the_axes_are_round_and_shares_are_in_percent()
    {
        Assert.Equal(["0", "0.2", "0.4", "0.6", "0.8", "2,000", "4,000"], Numbers(new CurvePanel("loss", "step", [Falling])));
        Assert.Equal(["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2,000", "4,000"], Numbers(new CurvePanel("loss", "step", [Falling], CurveScale.Logarithmic)));
        Assert.Equal(["40 %", "60 %", "80 %", "100 %", "1", "2"], Numbers(new CurvePanel("accuracy", "epoch", [new Curve("a", [(1, 0.487), (2, 0.998)])], CurveScale.Share)));
    }

    [Fact]
    public void A_logarithmic_scale_leaves_out_what_is_not_above_zero()
    {
        var drawn = Draw(new CurvePanel("loss", "step", [new Curve("a", [(1, 0), (2, 0.5), (3, double.NaN), (4, 0.1)])], CurveScale.Logarithmic));
        Assert.Equal(2, drawn.Elements().Single(part => (string?)part.Attribute("fill") == "none").Attribute("d")!.Value.Split('L').Length);
        Assert.Contains(Draw(new CurvePanel("loss", "step", [new Curve("a", [(1, 0)])], CurveScale.Logarithmic)).Elements(), part => part.Value == "nothing to show");
    }

    [Fact]
    public void Names_stand_above_the_first_panel()
    {
        var texts = Draw(new CurvePanel("loss", "step", [Falling]), new CurvePanel("accuracy", "epoch", [new Curve("other", [(1, 0.5)])])).Elements().Where(part => part.Name.LocalName == "text").ToArray();
        Assert.Equal(["a & b", "other", "loss"], texts.OrderBy(text => double.Parse(text.Attribute("y")!.Value, CultureInfo.InvariantCulture)).Take(3).Select(text => text.Value));
    }

    private static IEnumerable<string> Numbers(CurvePanel panel) => Draw(panel).Elements().Where(part => part.Name.LocalName == "text" && part.Value.Any(char.IsAsciiDigit)).Select(part => part.Value);

    private static XElement Draw(params CurvePanel[] panels) => XElement.Parse(CurveChart.Draw(panels));
}
