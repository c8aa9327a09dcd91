using Distributed.Engine.Data;
using Distributed.Engine.Inspection;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Inspection;

public class PicturesTests
{
    [Fact]
    public void Zero_is_in_the_middle_of_a_signed_tile_and_the_largest_at_the_end()
    {
        var sheet = TensorPictures.Sheet([0, 1, -2, 2], 1, 2, 2, isSigned: true);
        int[] seen = [.. sheet.Pixels.ToArray().Distinct().Order().Select(value => (int)value)];
        Assert.Equal([0, 128, 191, 255], seen);
    }

    [Fact]
    public void A_tile_of_equal_numbers_is_gray() =>
        Assert.Equal([128, 255], TensorPictures.Sheet([3, 3, 3, 3], 1, 2, 2, isSigned: false).Pixels.ToArray().Distinct().Order().Select(v => (int)v));

    [Fact]
    public void Weights_of_an_image_are_a_tile_for_each_output()
    {
        var model = new Model(new Sequential(new Flatten(), new Linear(6)), new Shape(1, 4, 5), 6, new SoftmaxCrossEntropyLoss());
        var sheet = TensorPictures.Filters(model.Graph.Layers[1], model.Parameters.InitialWeights(1), new Shape(1, 4, 5));
        Assert.NotNull(sheet);
        Assert.Equal(1, sheet.Channels);
        Assert.Null(TensorPictures.Filters(model.Graph.Layers[0], model.Parameters.InitialWeights(1), new Shape(1, 4, 5)));
    }

    [Fact]
    public void Regions_of_a_line_are_two_halves()
    {
        // Score 1 − score 0 = x: class 1 to the right of 0.
        var model = new Model(new Linear(2), new Shape(2), 2, new SoftmaxCrossEntropyLoss());
        var points = new MemoryDataSet([-1, -1, 1, 1], [0, 1], new Shape(2), 2);
        var image = DecisionRegions.Draw(model, new float[] { -1, 0, 1, 0, 0, 0 }, points, side: 64);
        (byte, byte, byte) At(int row, int column) => (image[row, column, 0], image[row, column, 1], image[row, column, 2]);
        Assert.Equal(At(5, 5), At(40, 20));
        Assert.Equal(At(60, 60), At(5, 40));
        Assert.NotEqual(At(5, 5), At(60, 60));
        // The samples: (−1, −1) at the bottom left in full colour.
        Assert.Equal(((byte)31, (byte)119, (byte)180), At(58, 5));
        Assert.Contains("2 features", Assert.Throws<ArgumentException>(() => DecisionRegions.Draw(
            new Model(new Linear(2), new Shape(3), 2, new SoftmaxCrossEntropyLoss()), new float[8],
            new MemoryDataSet(new float[6], [0, 1], new Shape(3), 2))).Message);
    }
}
