using System.Text.Json;
using System.Text.Json.Serialization;
using Distributed.Engine.Data;
using Distributed.Engine.Filtering;

namespace Distributed.Engine.Tests.Filtering;

public class ConvolutionTests
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>The lecture's example: an impulse in a picture of 5 x 5, and the mask a b c / d e f / g h i as 1 to 9.</summary>
    private static readonly Plane Impulse = Plane.Of(new double[,]
    {
        { 0, 0, 0, 0, 0 },
        { 0, 0, 0, 0, 0 },
        { 0, 0, 1, 0, 0 },
        { 0, 0, 0, 0, 0 },
        { 0, 0, 0, 0, 0 },
    });

    private static readonly Plane AToI = Plane.Of(new double[,] { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } });

    [Fact]
    public void Convolving_an_impulse_reproduces_the_mask() => AssertRows("""
        0 0 0 0 0
        0 1 2 3 0
        0 4 5 6 0
        0 7 8 9 0
        0 0 0 0 0
        """, Convolution.Apply(Impulse, AToI, Border.Zero, OutputSize.Same));

    [Fact]
    public void Correlating_an_impulse_gives_the_mask_turned_by_half_a_turn() => AssertRows("""
        0 0 0 0 0
        0 9 8 7 0
        0 6 5 4 0
        0 3 2 1 0
        0 0 0 0 0
        """, Convolution.Apply(Impulse, AToI, Border.Zero, OutputSize.Same, correlate: true));

    [Fact]
    public void The_sizes_are_P_plus_K_minus_1_P_and_P_minus_K_plus_1()
    {
        var full = Convolution.Apply(Impulse, AToI, Border.Zero, OutputSize.Full);
        Assert.Equal((7, 7), (full.Width, full.Height));
        AssertRows("""
            1 2 3
            4 5 6
            7 8 9
            """, Convolution.Apply(Impulse, AToI, Border.Zero, OutputSize.Valid));
        // The full result of two masks is symmetric in them: convolution commutes.
        Assert.Equal(full.Values, Convolution.Apply(AToI, Impulse, Border.Zero, OutputSize.Full).Values);
    }

    [Fact]
    public void Values_are_those_of_numpy_for_every_padding_and_size()
    {
        var cases = JsonSerializer.Deserialize<List<Golden>>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Filtering", "filtering.json")), Options)!;
        Assert.Equal(6 * 3 * 2 * 2 + 4 * 3 * 2, cases.Count);
        foreach (var golden in cases)
        {
            var result = Convolution.Apply(Of(golden.Picture), Of(golden.Mask), golden.Padding, golden.Size, golden.Correlate);
            var wanted = Of(golden.Result);
            Assert.Equal((wanted.Width, wanted.Height), (result.Width, result.Height));
            // Eighths and whole numbers: every sum is exact.
            Assert.Equal(wanted.Values, result.Values);
        }
    }

    [Theory]
    [InlineData(Border.Zero, "00000abcd00000")]
    [InlineData(Border.Edge, "aaaaaabcdddddd")]
    [InlineData(Border.Reflect, "bcdcbabcdcbabc")]
    public void Padding_goes_on_as_its_name_says(Border border, string row) => Assert.Equal(row,
        string.Concat(Enumerable.Range(-5, 14).Select(i => border.Source(i, 4) is var from and >= 0 ? "abcd"[from] : '0')));

    [Fact]
    public void A_mask_larger_than_the_picture_has_no_valid_part() => Assert.Contains(
        "the mask is 5 pixels wide, the picture 3",
        Assert.Throws<DataException>(() => Convolution.Apply(AToI, new Plane(5, 1, new double[5]), Border.Zero, OutputSize.Valid)).Message);

    private static Plane Of(double[][] rows) => new(rows[0].Length, rows.Length, [.. rows.SelectMany(row => row)]);

    private static void AssertRows(string rows, Plane plane) => Assert.Equal(rows.ReplaceLineEndings("\n"),
        string.Join('\n', plane.Values.Chunk(plane.Width).Select(row => string.Join(' ', row))));

    private sealed record Golden(double[][] Picture, double[][] Mask, Border Padding, OutputSize Size, bool Correlate, double[][] Result);
}
