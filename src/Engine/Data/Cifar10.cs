namespace Distributed.Engine.Data;

/// <summary>The binary form of CIFAR-10: a folder with data_batch_1.bin to data_batch_5.bin and test_batch.bin.</summary>
/// <remarks><code>
/// a file    records, nothing before or between them
/// a record  label (1 byte, 0..9) | red 32 x 32 | green 32 x 32 | blue 32 x 32, row-major: 3073 bytes
/// </code>
/// The images stay in the files and are read as memory: those must not be changed while they are used.
/// Krizhevsky: Learning Multiple Layers of Features from Tiny Images (2009).</remarks>
public static class Cifar10
{
    public const string TestBatch = "test_batch.bin";

    public const int Side = 32, Classes = 10, TrainBatches = 5;

    /// <summary>Of a label and its image.</summary>
    public const int RecordBytes = 1 + Pixels;

    private const int Pixels = 3 * Side * Side;

    /// <summary>A file has 10000 records; ten times as many are taken, should someone join files.</summary>
    private const long MaxFileBytes = 100_000L * RecordBytes;

    /// <summary>The name of a file of training images.</summary>
    /// <param name="number">1 to <see cref="TrainBatches"/>.</param>
    public static string TrainBatch(int number) => $"data_batch_{number}.bin";

    /// <summary>data_batch_1.bin, data_batch_2.bin, … as many as there are, in their order.</summary>
    /// <returns>Samples of shape [3, 32, 32] in bytes, not scaled.</returns>
    /// <exception cref="DataException">There is no such file, or one is damaged.</exception>
    public static ByteImageDataSet LoadTrain(string folder)
    {
        var paths = Enumerable.Range(1, TrainBatches).Select(i => Path.Combine(folder, TrainBatch(i))).Where(File.Exists).ToList();
        if (paths.Count == 0)
            throw new DataException(Directory.Exists(folder)
                ? $"folder {folder} has none of the files data_batch_1.bin to data_batch_{TrainBatches}.bin"
                : $"there is no folder {folder}, in which data_batch_1.bin to data_batch_{TrainBatches}.bin are looked for")
            {
                IsMissing = true,
            };
        return Load(paths);
    }

    /// <summary>test_batch.bin.</summary>
    /// <inheritdoc cref="LoadTrain"/>
    public static ByteImageDataSet LoadTest(string folder) => Load([Path.Combine(folder, TestBatch)]);

    private static ByteImageDataSet Load(List<string> paths)
    {
        var files = paths.ConvertAll(Map);
        var labels = new List<int>();
        for (var f = 0; f < files.Count; f++)
        {
            var bytes = files[f].Slice<byte>(0, (int)files[f].Length).Span;
            for (var at = 0; at < bytes.Length; at += RecordBytes)
                labels.Add(bytes[at] < Classes
                    ? bytes[at]
                    : throw new DataException($"{paths[f]}: record {at / RecordBytes} has label {bytes[at]}; 0 to {Classes - 1} is wanted"));
        }
        var pixels = SampleBytes.In(files.Select(file => (file, 1L, (int)(file.Length / RecordBytes))), Pixels, RecordBytes);
        return new ByteImageDataSet(pixels, new LabelTargets([.. labels], Classes), new Shape(3, Side, Side));
    }

    private static MappedFile Map(string path)
    {
        var file = MappedFile.Open(path);
        if (file.Length > MaxFileBytes) throw new DataException($"{path}: the file has {file.Length} bytes, at most {MaxFileBytes} are read");
        return file.Length % RecordBytes == 0
            ? file
            : throw new DataException($"{path}: a whole number of records of {RecordBytes} bytes is wanted, got {file.Length} bytes");
    }
}
