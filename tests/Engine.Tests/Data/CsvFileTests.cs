using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public sealed class CsvFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private CsvContents Load(string text, CsvOptions? options = null) =>
        CsvFile.Load(_folder.Write("a.csv", text), options ?? new CsvOptions());

    private string Refused(string text, CsvOptions? options = null) => Assert.Throws<DataException>(() => Load(text, options)).Message;

    [Fact]
    public void Names_become_classes_in_sorted_order()
    {
        var csv = Load("length,width,kind\n1.5,2,rose\r\n\n-3e2, 4 ,\"iris, blue \"\"x\"\"\"\n5,6,rose\n");
        Assert.Equal(["length", "width"], csv.Features.ToArray());
        Assert.Equal(["iris, blue \"x\"", "rose"], csv.ClassNames.ToArray());
        Assert.Equal((3, 2, new Shape(2)), (csv.Set.Count, csv.Set.Classes, csv.Set.SampleShape));
        Assert.Equal([1, 0, 1], csv.Set.Labels.ToArray());
        var features = new float[6];
        csv.Set.CopyFeatures([0, 1, 2], features);
        Assert.Equal([1.5f, 2, -300, 4, 5, 6], features);
    }

    [Fact]
    public void Whole_numbers_are_classes_as_they_stand()
    {
        var csv = Load("a,b\n1,10\n1,2\n1,0\n");
        Assert.Equal([10, 2, 0], csv.Set.Labels.ToArray());
        Assert.Equal(11, csv.Set.Classes);
    }

    [Theory]
    [InlineData("kind", true)]
    [InlineData("2", true)]
    [InlineData("-2", true)]
    [InlineData("2", false)]
    [InlineData("-2", false)]
    public void The_label_column_is_found_by_name_or_number(string label, bool header)
    {
        var csv = Load((header ? "a;kind;b\n" : "") + "1;x;2\n3;y;4", new CsvOptions(label, header, ';'));
        Assert.Equal(header ? ["a", "b"] : ["column 1", "column 3"], csv.Features.ToArray());
        Assert.Equal([0, 1], csv.Set.Labels.ToArray());
    }

    [Fact]
    public void Two_files_are_numbered_together()
    {
        var (train, test) = CsvFile.Load(_folder.Write("train.csv", "x,y\n1,b\n2,c\n"), _folder.Write("test.csv", "x,y\n1,a\n2,c\n"),
            new CsvOptions());
        Assert.Equal([1, 2], train.Set.Labels.ToArray());
        Assert.Equal([0, 2], test!.Set.Labels.ToArray());
        Assert.Equal((3, 3), (train.Set.Classes, test.Set.Classes));
        Assert.Contains("must have the same columns", Assert.Throws<DataException>(() =>
            CsvFile.Load(_folder.File("train.csv"), _folder.Write("test.csv", "z,y\n1,a\n"), new CsvOptions())).Message);
    }

    [Theory]
    [InlineData("x,y\n1,a\n1,a,b\n", "line 3: 2 columns are wanted, got 3")]
    [InlineData("x,y\n1,a\n\n\n1\n", "line 5: 2 columns are wanted, got 1")]
    [InlineData("x,y\n1,a\nred,b\n", "line 3 column 1: a finite number is wanted, got \"red\"")]
    [InlineData("x,y\nNaN,b\n", "line 2 column 1: a finite number is wanted, got \"NaN\"")]
    [InlineData("x,y\n1e99,b\n", "line 2 column 1: a finite number is wanted")]
    [InlineData("x,y\n,b\n", "line 2 column 1: a finite number is wanted, got \"\"")]
    [InlineData("x,y\n1,\n", "line 2 column 2: a label is wanted")]
    [InlineData("x,y\n1,\"a\n", "line 2 column 2: the closing quote is missing")]
    [InlineData("x,y\n\"1\"2,a\n", "line 2 column 1: a delimiter is wanted behind the closing quote, got '2'")]
    [InlineData("x,y\n", "there is no sample in it")]
    [InlineData("", "there is no sample in it")]
    [InlineData("x\n1\n", "a label and at least one feature are wanted")]
    [InlineData("x,y\n1,99999\n", "100000 classes, at most 65536")]
    public void Lines_that_cannot_be_used_are_named(string text, string sentence) => Assert.Contains(sentence, Refused(text));

    [Theory]
    [InlineData("kind", true, "there is no column \"kind\" for the labels; there are x, y")]
    [InlineData("0", true, "there is no column \"0\"")]
    [InlineData("3", false, "the label column is 1 to 2, or -1 to -2 from the end, got 3")]
    [InlineData("y", false, "the label column is 1 to 2")]
    public void A_label_column_that_is_not_there_is_refused(string label, bool header, string sentence) =>
        Assert.Contains(sentence, Refused("x,y\n1,a\n", new CsvOptions(label, header)));

    [Fact]
    public void Two_columns_of_the_labels_name_are_refused() =>
        Assert.Contains("2 columns are named \"y\"", Refused("y,y\n1,2\n", new CsvOptions("y")));

    [Fact]
    public void Files_that_are_missing_or_no_text_are_met_with_a_sentence()
    {
        Assert.Contains("cannot be read", Assert.Throws<DataException>(() => CsvFile.Load(_folder.File("none"), new CsvOptions())).Message);
        var path = _folder.Write("binary.csv", [0x78, 0x2c, 0xff, 0xfe, 0x0a]);
        Assert.Contains("not UTF-8", Assert.Throws<DataException>(() => CsvFile.Load(path, new CsvOptions())).Message);
    }
}
