using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public sealed class Cifar10Tests : IDisposable
{
    private const int Record = 3073;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Batches_are_read_in_their_order()
    {
        _folder.Write("data_batch_2.bin", Records(3, 7));
        _folder.Write("data_batch_1.bin", Records(1, 2));
        _folder.Write("test_batch.bin", Records(9));
        var train = Cifar10.LoadTrain(_folder.Path);
        Assert.Equal((4, 10, new Shape(3, 32, 32)), (train.Count, train.Classes, train.SampleShape));
        Assert.Equal([1, 2, 3, 7], train.Labels.ToArray());
        var sample = new float[3072];
        train.CopyFeatures([2], sample);
        Assert.Equal(Enumerable.Range(0, 3072).Select(i => (float)(byte)(3 + i)), sample);
        Assert.Equal([9], Cifar10.LoadTest(_folder.Path).Labels.ToArray());
    }

    [Fact]
    public void Missing_and_damaged_files_are_named()
    {
        Refused("has none of the files data_batch_1.bin to data_batch_5.bin", () => Cifar10.LoadTrain(_folder.Path));
        Refused("there is no folder", () => Cifar10.LoadTrain(_folder.File("none")));
        Refused("test_batch.bin: cannot be read", () => Cifar10.LoadTest(_folder.Path));
        _folder.Write("data_batch_1.bin", Records(1)[..^1]);
        Refused("a whole number of records of 3073 bytes is wanted, got 3072 bytes", () => Cifar10.LoadTrain(_folder.Path));
        _folder.Write("data_batch_1.bin", []);
        Refused("the file is empty", () => Cifar10.LoadTrain(_folder.Path));
        _folder.Write("data_batch_1.bin", Records(1, 10));
        Refused("record 1 has label 10; 0 to 9 is wanted", () => Cifar10.LoadTrain(_folder.Path));

        static void Refused(string sentence, Func<DataSet> load) =>
            Assert.Contains(sentence, Assert.Throws<DataException>(() => load()).Message);
    }

    /// <summary>A record for each label, pixel i of it being label + i modulo 256.</summary>
    private static byte[] Records(params byte[] labels) =>
        [.. labels.SelectMany(label => (byte[])[label, .. Enumerable.Range(0, Record - 1).Select(i => (byte)(label + i))])];
}
