using System.Security.Cryptography;
using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public sealed class DataImageTests : IDisposable
{
    private static readonly byte[] Key = SHA256.HashData([1]);

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    public static TheoryData<string> Pairs => ["bytes", "floats", "values", "maps", "both", "train"];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void What_is_read_is_what_was_written(string name)
    {
        var data = Pair(name);

        var read = Read(Written(data));

        Assert.Equal(data.Test is null, read.Test is null);
        Assert.Equal(ReferenceEquals(data.Train, data.Test), ReferenceEquals(read.Train, read.Test));
        AssertSame(data.Train, read.Train);
        if (data.Test is not null) AssertSame(data.Test, read.Test!);
    }

    [Fact]
    public void The_fingerprint_is_taken_as_it_was_written_and_the_features_lie_where_they_can_be_read_fast()
    {
        var image = Written(Pair("bytes"));
        var known = Pair("bytes").Train.Fingerprint;
        var at = image.AsSpan().IndexOf(known);
        Assert.True(at > 0);
        image[at] ^= 1; // nothing is hashed anew

        Assert.Equal(known[0] ^ 1, Read(image).Train.Fingerprint[0]);

        var pixels = Pixels(4 * 12);
        Assert.Equal(0, image.AsSpan().IndexOf(pixels) % 64);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void An_image_that_is_cut_off_anywhere_is_refused(string name)
    {
        var image = Written(Pair(name));
        for (var length = 0; length < image.Length; length++) Assert.Throws<DataException>(() => Read(image[..length]));
    }

    [Fact]
    public void What_is_no_image_and_what_is_of_another_job_is_refused()
    {
        var image = Written(Pair("bytes"));
        Assert.Equal("the data image is of another job", Assert.Throws<DataException>(() => Read(image, SHA256.HashData([2]))).Message);
        image[0] ^= 1;
        Assert.Equal("the file is no data image", Assert.Throws<DataException>(() => Read(image)).Message);
    }

    [Fact]
    public void Whatever_one_byte_of_the_head_becomes_it_is_data_or_refused()
    {
        var image = Written(Pair("both"));
        for (var i = 0; i < image.Length; i++)
        {
            var old = image[i];
            foreach (byte value in (byte[])[0, 1, 0x7f, 0x80, 0xff])
            {
                image[i] = value;
                try
                {
                    var read = Read(image);
                    Assert.Equal(read.Train.SampleShape, read.Test?.SampleShape ?? read.Train.SampleShape);
                }
                catch (DataException wrong)
                {
                    Assert.NotEmpty(wrong.Message);
                }
            }
            image[i] = old;
        }
    }

    private static DataPair Pair(string name) => name switch
    {
        "bytes" => new DataPair(Images(4).WithScaler(Scaler.Unit), null),
        "floats" => DataPair.Scaled(Points(), null, Scaling.StandardizePerFeature),
        "values" => new DataPair(new MemoryDataSet([1, 2, 3, 4], new ValueTargets([5, 6, 7, 8], new Shape(2)), new Shape(2)), null),
        "maps" => new DataPair(new ByteImageDataSet(Pixels(12), new ClassMapTargets([0, 1, 2, 0, 1, 2, 2, 2, 1, 1, 0, 0], 3, 2, 3), new Shape(1, 2, 3)), null),
        "both" => DataPair.Scaled(Images(4), Images(2), Scaling.Standardize),
        _ => TrainIsTest(Points()),
    };

    private static DataPair TrainIsTest(DataSet set) => new(set, set);

    private static MemoryDataSet Points() => new([1, -2, 3.5f, 4, float.Epsilon, 6], [0, 1, 1], new Shape(2), 2);

    private static ByteImageDataSet Images(int count) => new(Pixels(12 * count), [.. Enumerable.Range(0, count).Select(i => i % 2)], new Shape(1, 3, 4), 2);

    private static byte[] Pixels(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(7 * i))];

    private byte[] Written(DataPair data)
    {
        File.WriteAllBytes(_path, []);
        using (var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write)) DataImage.Write(file, data, Key);
        return File.ReadAllBytes(_path);
    }

    private static DataPair Read(byte[] image, byte[]? key = null)
    {
        var path = Path.GetTempFileName(); // what was mapped before may still be read
        File.WriteAllBytes(path, image);
        try
        {
            return DataImage.Read(File.OpenHandle(path), key ?? Key);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void AssertSame(DataSet wanted, DataSet got)
    {
        Assert.Equal((wanted.Count, wanted.SampleShape, wanted.Target), (got.Count, got.SampleShape, got.Target));
        Assert.Equal(wanted.Fingerprint, got.Fingerprint);
        int[] all = [.. Enumerable.Range(0, wanted.Count)];
        var (features, others) = (new float[wanted.Count * wanted.SampleShape.SampleElements], new float[wanted.Count * wanted.SampleShape.SampleElements]);
        wanted.CopyFeatures(all, features);
        got.CopyFeatures(all, others);
        Assert.Equal(features, others);
        (features, others) = (new float[wanted.Count * wanted.Target.Shape.SampleElements], new float[wanted.Count * wanted.Target.Shape.SampleElements]);
        wanted.CopyTargets(all, features);
        got.CopyTargets(all, others);
        Assert.Equal(features, others);
    }
}
