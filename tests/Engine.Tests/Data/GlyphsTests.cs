using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class GlyphsTests
{
    [Fact]
    public void Samples_are_images_of_the_ten_digits_in_turn()
    {
        var set = Glyphs.Generate(30, 0.1f, 1, 1);
        Assert.Equal((30, 10, new Shape(1, 28, 28)), (set.Count, set.Classes, set.SampleShape));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => i % 10), set.Labels.ToArray());
        var all = Points.All(set);
        Assert.All(all, x => Assert.True(x is >= 0 and <= 255 && x == (int)x));
        Assert.True(all.Count(x => x > 128) > 30 * 28, "there is ink");
        Assert.True(all.Count(x => x < 64) > all.Length / 2, "there is paper");
    }

    /// <summary>Held to the bit: whatever machine, vector width or version draws them, the samples are these.</summary>
    [Fact]
    public void The_samples_of_a_seed_never_change() => Assert.Equal(
        "deb9f75b91156bb5",
        Convert.ToHexStringLower(Glyphs.Generate(200, 0.1f, 1, 7).Fingerprint)[..16]);

    [Fact]
    public void A_smaller_set_is_the_beginning_of_a_larger_one_and_parts_differ()
    {
        var twenty = Points.All(Glyphs.Generate(20, 0.1f, 1, 1));
        Assert.Equal(twenty, Points.All(Glyphs.Generate(35, 0.1f, 1, 1))[..twenty.Length]);
        Assert.NotEqual(twenty, Points.All(Glyphs.Generate(20, 0.1f, 1, 1, part: 1)));
        Assert.NotEqual(twenty, Points.All(Glyphs.Generate(20, 0.1f, 1, 2)));
    }

    [Fact]
    public void Without_distortion_and_noise_only_the_way_of_writing_differs()
    {
        var all = Points.All(Glyphs.Generate(600, 0, 0, 1));
        for (var digit = 0; digit < 10; digit++)
        {
            var ways = Enumerable.Range(0, 60).Select(i => new string([.. all.AsSpan(784 * (10 * i + digit), 784).ToArray()
                .Select(pixel => (char)pixel)])).Distinct();
            Assert.Equal(GlyphStrokes.Digits[digit].Length, ways.Count());
        }
    }

    [Fact]
    public void Distortion_never_leaves_a_digit_without_ink()
    {
        var all = Points.All(Glyphs.Generate(2000, 0, Glyphs.MaxDistortion, 3));
        for (var i = 0; i < 2000; i++) Assert.True(all.AsSpan(784 * i, 784).ToArray().Sum() > 255 * 5, $"sample {i}");
    }

    [Theory]
    [InlineData(0, 0f, 0f)]
    [InlineData(Glyphs.MaxCount + 1, 0f, 0f)]
    [InlineData(1, -0.1f, 0f)]
    [InlineData(1, 2f, 0f)]
    [InlineData(1, 0f, -1f)]
    [InlineData(1, 0f, float.NaN)]
    public void Settings_out_of_range_are_refused(int count, float noise, float distortion) =>
        Assert.Throws<DataException>(() => Glyphs.Generate(count, noise, distortion, 1));
}
