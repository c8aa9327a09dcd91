using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Data;

/// <summary>Samples that stay in files are the same samples, to the bit.</summary>
public sealed class SampleBytesTests : IDisposable
{
    private const int Sample = 12, Label = 3;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(1 << 20)]
    public void Samples_of_several_files_in_pieces_of_any_size(int pieceBytes)
    {
        const int stride = Label + Sample;
        int[] counts = [7, 1, 12];
        var all = Random(20 * stride);
        var files = counts.Select((count, f) =>
            (MappedFile.Open(_folder.Write($"{f}", [9, 9, .. all.AsSpan(counts[..f].Sum() * stride, count * stride)])), 2L + Label, count)).ToList();

        var bytes = SampleBytes.In(files, Sample, stride, pieceBytes);
        byte[][] wanted = [.. all.Chunk(stride).Select(record => record[Label..])];
        Assert.Equal((20, 20L * Sample, true), (bytes.Count, bytes.Length, bytes.IsMapped));
        AssertSame(wanted, bytes);

        var some = bytes.Select([19, 0, 7, 7]);
        AssertSame([wanted[19], wanted[0], wanted[7], wanted[7]], some);
        AssertSame([wanted[7], wanted[19]], some.Select([2, 0]));
        Assert.True(some.IsMapped);
    }

    [Fact]
    public void Whole_files_are_seen_in_pieces_and_not_sample_by_sample()
    {
        var file = MappedFile.Open(_folder.Write("whole", Random(10 * Sample)));
        var runs = 0;
        SampleBytes.In([(file, 0, 10)], Sample, Sample, pieceBytes: 4 * Sample).ForEachRun(_ => runs++);
        Assert.Equal(3, runs);
    }

    public static TheoryData<Scaling> Scalings => [.. Enum.GetValues<Scaling>()];

    [Theory]
    [MemberData(nameof(Scalings))]
    public void A_mapped_set_has_the_fingerprint_and_the_answer_of_one_in_memory(Scaling scaling)
    {
        var (mapped, held) = (Load("plain", zipped: false, scaling), Load("zipped", zipped: true, scaling));
        Assert.True(((StoredDataSet)mapped.Train).IsMapped && ((StoredDataSet)mapped.Test!).IsMapped);
        Assert.False(((StoredDataSet)held.Train).IsMapped);
        Assert.Equal(held.Train.Fingerprint, mapped.Train.Fingerprint);
        Assert.Equal(held.Test!.Fingerprint, mapped.Test!.Fingerprint);
        Assert.Equal(Train(held), Train(mapped));

        var (mappedSplit, heldSplit) = (Halved(mapped), Halved(held));
        Assert.True(((StoredDataSet)mappedSplit.Train).IsMapped);
        Assert.Equal(heldSplit.Train.Fingerprint, mappedSplit.Train.Fingerprint);
        Assert.Equal(Train(heldSplit), Train(mappedSplit));

        DataPair Halved(DataPair pair) => Split.ByFraction((StoredDataSet)pair.Train, 0.5f, seed: 3, scaling);
    }

    [Fact]
    public void What_lies_in_files_is_not_copied_into_an_image()
    {
        Assert.False(DataImage.IsPossible(Load("plain", zipped: false, Scaling.Unit)));
        Assert.True(DataImage.IsPossible(Load("zipped", zipped: true, Scaling.Unit)));
    }

    private static (string, double) Train(DataPair data)
    {
        var network = new Sequential(new Flatten(), new Linear(5), new Tanh(), new Linear(3));
        var setup = new TrainingSetup(new Model(network, data.Train.SampleShape, data.Train.Target, new SoftmaxCrossEntropyLoss()), data.Train, data.Test,
            new Sgd(Rate: 0.1f), Regularizer: null, Batch: 8, Shards: 4, Epochs: 2, Seed: 5);
        var result = LocalTrainer.Run(setup, _ => { });
        return (result.Fingerprint, result.Epochs[^1].MeanLoss);
    }

    private DataPair Load(string name, bool zipped, Scaling scaling)
    {
        Directory.CreateDirectory(_folder.File(name));
        Write(IdxImages.TrainImages, [0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 3, 0, 0, 0, 4, .. Random(40 * Sample)]);
        Write(IdxImages.TrainLabels, [0, 0, 8, 1, 0, 0, 0, 40, .. Enumerable.Range(0, 40).Select(i => (byte)(i % 3))]);
        Write(IdxImages.TestImages, [0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 3, 0, 0, 0, 4, .. Random(6 * Sample)]);
        Write(IdxImages.TestLabels, [0, 0, 8, 1, 0, 0, 0, 6, 0, 1, 2, 0, 1, 2]);
        return IdxImages.Load(_folder.File(name), scaling);

        void Write(string file, byte[] bytes) => _folder.Write(Path.Combine(name, zipped ? file + ".gz" : file), zipped ? IdxFileTests.Zip(bytes) : bytes);
    }

    private static void AssertSame(byte[][] wanted, SampleBytes bytes)
    {
        Assert.Equal(wanted.Length, bytes.Count);
        for (var i = 0; i < wanted.Length; i++) Assert.Equal(wanted[i], bytes[i].ToArray());
        var joined = new List<byte>();
        bytes.ForEachRun(samples => joined.AddRange(samples));
        Assert.Equal([.. wanted.SelectMany(sample => sample)], joined);
    }

    private static byte[] Random(int count)
    {
        var random = new RandomStream(7, RandomPurpose.Test);
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)random.NextInt(256);
        return bytes;
    }
}
