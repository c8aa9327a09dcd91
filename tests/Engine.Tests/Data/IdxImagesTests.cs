using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public sealed class IdxImagesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void WriteSet(byte[]? testLabels = null)
    {
        _folder.Write(IdxImages.TrainImages, [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 51, 102, 153]);
        _folder.Write(IdxImages.TrainLabels + ".gz", IdxFileTests.Zip([0, 0, 8, 1, 0, 0, 0, 3, 2, 0, 1]));
        _folder.Write(IdxImages.TestImages + ".gz", IdxFileTests.Zip([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 255, 0]));
        _folder.Write(IdxImages.TestLabels, testLabels ?? [0, 0, 8, 1, 0, 0, 0, 1, 2]);
    }

    [Fact]
    public void Four_files_make_a_pair()
    {
        WriteSet();
        var (train, test) = IdxImages.Load(_folder.Path);
        Assert.Equal((3, 3, new Shape(1, 1, 2)), (train.Count, train.Classes, train.SampleShape));
        Assert.Equal((1, 3), (test!.Count, test.Classes));
        Assert.Equal([2, 0, 1], Enumerable.Range(0, 3).Select(train.Label));
        var features = new float[2];
        train.CopyFeatures([1], features);
        Assert.Equal([0.2f, 0.2f], features);
    }

    [Fact]
    public void The_test_part_is_scaled_by_the_training_part()
    {
        WriteSet();
        var features = new float[2];
        IdxImages.Load(_folder.Path, Scaling.Standardize).Test!.CopyFeatures([0], features);
        double[] pixels = [0, 255, 51, 51, 102, 153];
        var (mean, deviation) = ((float)pixels.Average(), (float)Math.Sqrt(pixels.Average(x => (x - 102) * (x - 102))));
        Assert.Equal([(255 - mean) / deviation, (0 - mean) / deviation], features);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        WriteSet();
        File.Delete(_folder.File(IdxImages.TestLabels));
        Assert.Equal($"folder {_folder.Path} has no file t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz", Message());
        Assert.Contains("there is no folder", Assert.Throws<DataException>(() => IdxImages.Load(_folder.File("none"))).Message);
    }

    [Fact]
    public void Images_and_labels_that_do_not_fit_are_refused()
    {
        WriteSet([0, 0, 8, 1, 0, 0, 0, 2, 2, 1]);
        Assert.Contains("holds 1 images", Message());
        WriteSet([0, 0, 8, 1, 0, 0, 0, 1, 3]);
        Assert.Contains("sample 0 has label 3; with 3 classes labels are 0 to 2", Message());
        WriteSet([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 3]);
        Assert.Contains("labels have 1 dimension, got 2", Message());
    }

    /// <summary>The statistics of MNIST that everyone knows: mean 0.1307, deviation 0.3081 in units of 255.</summary>
    [SkippableFact]
    public void Mnist_itself()
    {
        var (train, test) = IdxImages.Load(RealData.Folder("mnist"), Scaling.Standardize);
        Assert.Equal((60_000, 10_000, 10, new Shape(1, 28, 28)), (train.Count, test!.Count, train.Classes, train.SampleShape));
        Assert.Equal([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], Enumerable.Range(0, 10).Select(train.Label));
        Assert.Equal([7, 2, 1, 0, 4], Enumerable.Range(0, 5).Select(test.Label));
        var scaler = ((StoredDataSet)test).Scaler;
        Assert.Equal(0.1307, scaler.Means[0] / 255, 5e-5);
        Assert.Equal(0.3081, scaler.Deviations[0] / 255, 5e-5);
    }

    private string Message() => Assert.Throws<DataException>(() => IdxImages.Load(_folder.Path)).Message;
}
