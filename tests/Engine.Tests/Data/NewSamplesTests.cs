using Distributed.Engine.Data;
using Distributed.Engine.Images;

namespace Distributed.Engine.Tests.Data;

/// <summary>New samples must be the numbers that the same samples would be in the training set.</summary>
public sealed class NewSamplesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<Scaling> Scalings => [.. Enum.GetValues<Scaling>()];

    [Theory]
    [MemberData(nameof(Scalings))]
    public void A_picture_is_scaled_as_the_training_samples_are(Scaling scaling)
    {
        var trained = Gray(scaling);
        for (var sample = 0; sample < trained.Count; sample++)
        {
            var image = new Image(3, 2, 1, [.. Enumerable.Range(0, 6).Select(i => Byte(sample, i))]);
            ImageFile.Write(_folder.File("a.png"), image);
            var wanted = new float[6];
            trained.CopyFeatures([sample], wanted);

            var read = Assert.Single(new NewSamples(trained).Read([_folder.File("a.png")]));

            Assert.Equal("a.png", read.Source);
            AssertBits.Equal(wanted, read.Features);
        }
    }

    [Theory]
    [MemberData(nameof(Scalings))]
    public void So_are_arrays(Scaling scaling)
    {
        var trained = Gray(scaling);
        byte[] pixels = [.. Enumerable.Range(0, 18).Select(i => Byte(i / 6, i % 6))];
        var idx = _folder.Write("a.idx", [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 3, .. pixels]);
        var wanted = new float[18];
        trained.CopyFeatures([0, 1, 2], wanted);

        var read = new NewSamples(trained).Read([idx]);

        Assert.Equal(["a.idx sample 0", "a.idx sample 1", "a.idx sample 2"], read.Select(sample => sample.Source));
        AssertBits.Equal(wanted, read.SelectMany(sample => sample.Features).ToArray());
    }

    [Fact]
    public void Colour_becomes_gray_where_the_samples_are_gray_and_gray_colour()
    {
        ImageFile.Write(_folder.File("colour.png"), new Image(3, 2, 3, [.. Enumerable.Repeat((byte[])[255, 0, 0], 6).SelectMany(pixel => pixel)]));
        ImageFile.Write(_folder.File("gray.png"), new Image(3, 2, 1, [1, 2, 3, 4, 5, 6]));
        var colour = new ByteImageDataSet(new byte[18], [0], new Shape(3, 2, 3), 1);

        Assert.All(new NewSamples(Gray(Scaling.None)).Read([_folder.File("colour.png")])[0].Features, pixel => Assert.Equal(76, pixel));
        Assert.Equal([1f, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], new NewSamples(colour).Read([_folder.File("gray.png")])[0].Features);
    }

    [Fact]
    public void Inputs_stand_in_the_order_in_which_they_are_named_a_folders_in_that_of_their_names()
    {
        foreach (var name in new[] { "b.png", "a.PNG", "c.png", ".hidden.png" }) ImageFile.Write(_folder.File(name), new Image(3, 2, 1));
        _folder.Write("notes.txt", "not a picture");

        var read = new NewSamples(Gray(Scaling.Unit)).Read([_folder.File("c.png"), _folder.Path, _folder.File("b.png")]);

        Assert.Equal(["c.png", "a.PNG", "b.png", "c.png", "b.png"], read.Select(sample => sample.Source));
    }

    [Fact]
    public void Lines_of_numbers_are_scaled_by_place()
    {
        var trained = Points(Scaling.StandardizePerFeature);
        var wanted = new float[4];
        trained.CopyFeatures([1, 0], wanted);

        var read = new NewSamples(trained).Read([_folder.Write("a.csv", "x,y\n3,40\n\n1,20\n")]);

        Assert.Equal(["a.csv line 2", "a.csv line 4"], read.Select(sample => sample.Source));
        AssertBits.Equal(wanted, read.SelectMany(sample => sample.Features).ToArray());
    }

    [Theory]
    [InlineData("label;y;x;other\nred;20;1;9\n")]
    [InlineData("x;y\n1;20\n")]
    [InlineData("1;20\n")]
    [InlineData("y;x\n20;1\n")]
    public void Columns_of_a_csv_file_are_found_by_name(string text)
    {
        var columns = new CsvColumns(new CsvOptions("label", true, ';'), ["x", "y"]);
        Assert.Equal([1f, 20], Assert.Single(new NewSamples(Points(Scaling.None), columns).Read([_folder.Write("a.csv", text)])).Features);
    }

    [Theory]
    [InlineData("red,1,20\n")]
    [InlineData("7,1,20\n")]
    [InlineData("1,20\n")]
    public void Without_names_a_label_may_stand_where_it_stood_in_training(string text)
    {
        var columns = new CsvColumns(new CsvOptions("1", false), []);
        Assert.Equal([1f, 20], Assert.Single(new NewSamples(Points(Scaling.None), columns).Read([_folder.Write("a.csv", text)])).Features);
    }

    [Theory]
    [InlineData("1,2,3\n", "a.csv line 1: 2 numbers are wanted (samples have shape [2]), got 3 columns")]
    [InlineData("1,2\n3\n", "a.csv line 2: 2 columns are wanted, got 1")]
    [InlineData("x,y\n1,NaN\n", "a.csv line 2 column 2: a finite number is wanted, got \"NaN\"")]
    [InlineData("x,y\n", "a.csv: there is no sample in it")]
    public void Lines_that_are_wrong(string text, string message) => Refused(Points(Scaling.None), message, _folder.Write("a.csv", text));

    [Fact]
    public void A_column_that_is_not_there()
    {
        var columns = new CsvColumns(new CsvOptions("label"), ["x", "y"]);
        var wrong = Assert.Throws<DataException>(() => new NewSamples(Points(Scaling.None), columns).Read([_folder.Write("a.csv", "x,z\n1,2\n")]));
        Assert.EndsWith("a.csv line 1: there is no column \"y\", with which the model was trained; there are x, z", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_of_another_size_or_no_picture_is_refused()
    {
        ImageFile.Write(_folder.File("large.png"), new Image(4, 2, 1));
        Refused(Gray(Scaling.Unit), "large.png is 4 x 2 pixels, the model wants 3 x 2 (width x height)", _folder.File("large.png"));
        Refused(Gray(Scaling.Unit), "this is a JPEG file", _folder.Write("a.jpg", [0xff, 0xd8, 0xff, 0]));
        Refused(Gray(Scaling.Unit), "a.idx has extents [1, 3, 2], the model wants [n, 1, 2, 3]",
            _folder.Write("a.idx", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6]));
        Refused(Points(Scaling.None), "large.png: a picture cannot be a sample here: samples have shape [2]", _folder.File("large.png"));
        Refused(Gray(Scaling.Unit), "there is no file", _folder.File("none.png"));
        Directory.CreateDirectory(_folder.File("empty"));
        Refused(Gray(Scaling.Unit), "there is no picture in this folder", _folder.File("empty"));
    }

    private static void Refused(StoredDataSet trained, string message, string path) =>
        Assert.Contains(message, Assert.Throws<DataException>(() => new NewSamples(trained).Read([path])).Message, StringComparison.Ordinal);

    /// <summary>Three pictures of 3 by 2.</summary>
    private static StoredDataSet Gray(Scaling scaling)
    {
        var set = new ByteImageDataSet([.. Enumerable.Range(0, 18).Select(i => Byte(i / 6, i % 6))], [0, 1, 0], new Shape(1, 2, 3), 2);
        return set.WithScaler(set.FitScaler(scaling));
    }

    private static StoredDataSet Points(Scaling scaling)
    {
        var set = new MemoryDataSet([1, 20, 3, 40, 5, 100], [0, 1, 0], new Shape(2), 2);
        return set.WithScaler(set.FitScaler(scaling));
    }

    private static byte Byte(int sample, int place) => (byte)(sample * 91 + place * 37);
}
