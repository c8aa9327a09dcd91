using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public class ConvolutionTests
{
    /// <summary>Sizes around every tile's rows and columns, in one number each: channels, height, width, maps, window, groups.</summary>
    public static TheoryData<string> Shapes =>
    [
        "1 28 28 16 | 5 1 1 2 2 | 5 1 1 2 2 | 1",
        "16 14 14 32 | 5 1 1 2 2 | 5 1 1 2 2 | 1",
        "3 9 7 13 | 3 1 1 1 1 | 3 1 1 1 1 | 1",
        "2 11 10 5 | 3 2 1 1 1 | 3 2 1 1 1 | 1",
        "4 12 13 6 | 3 2 2 2 1 | 2 3 1 0 2 | 2",
        "6 8 8 6 | 3 1 1 0 0 | 3 1 1 0 0 | 6",
        "12 7 33 25 | 1 1 1 0 0 | 1 1 1 0 0 | 1",
        "5 6 70 12 | 2 1 3 0 0 | 4 1 2 3 3 | 1",
        "1 1 1 1 | 1 1 1 0 0 | 1 1 1 0 0 | 1",
        "3 5 5 4 | 2 5 1 0 0 | 2 4 1 0 1 | 1",
        "2 40 41 3 | 7 1 1 3 3 | 7 1 1 3 3 | 1",
        "30 6 6 14 | 5 1 1 2 2 | 5 1 1 2 2 | 1",
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Bits_equal_the_reference(string text)
    {
        var parts = text.Split('|').Select(part => part.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray()).ToList();
        var (sizes, y, x) = (parts[0], parts[1], parts[2]);
        var shape = new ConvolutionGeometry(sizes[0], sizes[1], sizes[2], sizes[3], new Window(y[0], y[1], y[2], y[3], y[4]),
            new Window(x[0], x[1], x[2], x[3], x[4]), parts[3][0]);
        Compare(shape, [0, 3], 1, extremes: false);
        Compare(shape with { Flip = true }, [0, 1, 1, 2, 5], 2, extremes: false);
        Compare(shape, [0, 2], 3, extremes: true);
    }

    [Fact]
    public void Bits_equal_the_reference_for_random_shapes()
    {
        const int Seed = 41;
        var random = new Random(Seed);
        var tried = 0;
        for (var round = 0; tried < 150; round++)
        {
            var groups = random.Next(1, 4);
            var shape = new ConvolutionGeometry(groups * random.Next(1, 5), random.Next(1, 15), random.Next(1, 40), groups * random.Next(1, 15),
                RandomWindow(random), RandomWindow(random), groups, random.Next(2) == 0);
            if (shape.OutputHeight < 1 || shape.OutputWidth < 1) continue;
            int[] offsets = random.Next(3) switch { 0 => [0, 2], 1 => [0, 0, 3], _ => [0, 1, 3, 3, 4] };
            Compare(shape, offsets, Seed + round, extremes: random.Next(4) == 0);
            tried++;
        }
    }

    [Fact]
    public void A_second_convolution_allocates_nothing()
    {
        var tables = new ConvolutionTables(new ConvolutionGeometry(3, 9, 9, 5, new Window(3, 2, 1, 1, 1), new Window(3, 2, 1, 1, 1)));
        float[] x = new float[2 * 243], weight = new float[135], y = new float[2 * 125];
        void Passes()
        {
            Convolution.Forward<float>(tables, 2, x, weight, [], y);
            Convolution.WeightGradient<float>(tables, [0, 1, 2], x, y, weight);
            Convolution.InputGradient<float>(tables, 2, y, weight, [], x);
        }
        Passes();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Passes();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        var tables = new ConvolutionTables(new ConvolutionGeometry(1, 4, 4, 1, new Window(3), new Window(3)));
        Assert.Contains("got 15 pixels, 4 outputs, 9 weights and 0 biases", Assert.Throws<ArgumentException>(() =>
            Convolution.Forward<float>(tables, 1, new float[15], new float[9], [], new float[4])).Message);
    }

    [Theory]
    [InlineData(7, 3, 1, 1, 0, 0, 5)]
    [InlineData(7, 3, 2, 1, 0, 0, 3)]
    [InlineData(7, 3, 2, 1, 1, 1, 4)]
    [InlineData(7, 3, 1, 3, 0, 0, 1)]
    [InlineData(7, 3, 1, 4, 0, 0, 0)]
    [InlineData(8, 3, 2, 1, 0, 1, 4)]
    [InlineData(1, 1, 1, 1, 0, 0, 1)]
    [InlineData(2, 5, 9, 1, 1, 1, 0)]
    [InlineData(2, 4, 9, 1, 1, 1, 1)]
    public void A_window_has_so_many_places(int extent, int size, int stride, int dilation, int before, int after, int outputs) =>
        Assert.Equal(outputs, new Window(size, stride, dilation, before, after).Outputs(extent));

    private static Window RandomWindow(Random random) => new(random.Next(1, 5), random.Next(1, 4), random.Next(1, 3), random.Next(0, 4),
        random.Next(0, 4));

    /// <summary>The kernel of this machine, and every tile whether or not it is this machine's.</summary>
    private static unsafe void Compare(ConvolutionGeometry shape, int[] offsets, int seed, bool extremes)
    {
        var tables = new ConvolutionTables(shape);
        var samples = offsets[^1];
        var x = Bits.Mixed(samples * shape.Channels * shape.Pixels, seed, extremes);
        var g = Bits.Mixed(samples * shape.Maps * shape.Positions, seed + 1, extremes);
        var weight = Bits.Mixed(shape.Maps * shape.MapWeights, seed + 2, extremes);
        var (bias, channelBias) = (Bits.Mixed(shape.Maps, seed + 3, extremes), Bits.Mixed(shape.Channels, seed + 4, extremes));
        var (y, dx, dw) = (new float[g.Length], new float[x.Length], new float[weight.Length]);
        ConvolutionReference.Forward<float>(shape, samples, x, weight, bias, y);
        ConvolutionReference.InputGradient<float>(shape, samples, g, weight, channelBias, dx);
        ConvolutionReference.WeightGradient<float>(shape, offsets, x, g, dw);
        var (y1, dx1, dw1) = (Nans(y), Nans(dx), Nans(dw));
        Convolution.Forward<float>(tables, samples, x, weight, bias, y1);
        Convolution.InputGradient<float>(tables, samples, g, weight, channelBias, dx1);
        Convolution.WeightGradient<float>(tables, offsets, x, g, dw1);
        Equal("kernel");

        ConvolutionReference.Forward<float>(shape, samples, x, weight, [], y);
        ConvolutionReference.InputGradient<float>(shape, samples, g, weight, [], dx);
        Tile<GemmTile256>("6 by 16");
        Tile<GemmTile512>("12 by 32");
        Tile<GemmTile512Low>("8 by 32");

        void Tile<TTile>(string what) where TTile : struct, IGemmTile
        {
            (y1, dx1, dw1) = (Nans(y), Nans(dx), Nans(dw));
            fixed (float* px = x, pg = g, pw = weight, py = y1, pdx = dx1, pdw = dw1)
            {
                ConvolutionBlocked<TTile>.Forward(tables, samples, px, pw, py);
                ConvolutionBlocked<TTile>.InputGradient(tables, samples, pg, pw, pdx);
                ConvolutionBlocked<TTile>.WeightGradient(tables, offsets, px, pg, pdw);
            }
            Equal(what);
        }

        void Equal(string what)
        {
            var where = $"{what}, {shape}, shards [{string.Join(", ", offsets)}], seed {seed}";
            Bits.AssertEqual(y, y1, $"forward: {where}");
            Bits.AssertEqual(dx, dx1, $"input gradient: {where}");
            Bits.AssertEqual(dw, dw1, $"weight gradient: {where}");
        }

        static float[] Nans(float[] like)
        {
            var nans = new float[like.Length];
            Array.Fill(nans, float.NaN);
            return nans;
        }
    }
}
