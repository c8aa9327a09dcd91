using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class StrokePainterTests
{
    [Fact]
    public void Ink_follows_the_distance_from_the_stroke()
    {
        var painter = new StrokePainter(9, 7);
        painter.Clear();
        painter.Segment(1.5, 2.5, 6.5, 2.5, reach: 3);
        for (var y = 0; y < 7; y++)
            for (var x = 0; x < 9; x++)
            {
                var along = Math.Clamp(x + 0.5, 1.5, 6.5);
                var distance = Math.Sqrt(Math.Pow(x + 0.5 - along, 2) + Math.Pow(y + 0.5 - 2.5, 2));
                Assert.Equal(Math.Clamp(1.2 + 0.5 - distance, 0, 1), painter.Ink(y * 9 + x, 1.2), 1e-12);
            }
    }

    [Fact]
    public void A_longer_reach_changes_nothing_and_strokes_do_not_darken_each_other()
    {
        var (near, far) = (new StrokePainter(8, 8), new StrokePainter(8, 8));
        near.Clear();
        far.Clear();
        near.Segment(1, 6, 5, 0.5, reach: 2);
        far.Segment(1, 6, 5, 0.5, reach: 20);
        far.Segment(1, 6, 5, 0.5, reach: 20);
        for (var i = 0; i < 64; i++) Assert.Equal(far.Ink(i, 1), near.Ink(i, 1));
    }

    [Fact]
    public void What_lies_outside_the_picture_is_left_out()
    {
        var painter = new StrokePainter(4, 4);
        painter.Clear();
        painter.Segment(-1e9, -1e9, -5, -5, reach: 2);
        for (var i = 0; i < 16; i++) Assert.Equal(0, painter.Ink(i, 1));
    }

    [Fact]
    public void Curves_go_through_their_points_and_are_smooth_there()
    {
        double[] p = [3, -1, 4, 1, -5, 9];
        Assert.Equal(p[1], StrokePainter.Curve(p[0], p[1], p[2], p[3], 0));
        Assert.Equal(p[2], StrokePainter.Curve(p[0], p[1], p[2], p[3], 1));
        const double h = 1e-6;
        var before = (StrokePainter.Curve(p[0], p[1], p[2], p[3], 1) - StrokePainter.Curve(p[0], p[1], p[2], p[3], 1 - h)) / h;
        var after = (StrokePainter.Curve(p[1], p[2], p[3], p[4], h) - StrokePainter.Curve(p[1], p[2], p[3], p[4], 0)) / h;
        Assert.Equal(before, after, 1e-4);
    }
}
