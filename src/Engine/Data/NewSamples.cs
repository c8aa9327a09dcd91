using Distributed.Engine.Images;

namespace Distributed.Engine.Data;

/// <summary>A sample that was not there in training.</summary>
/// <param name="Source">Where it came from: "seven.png", "points.csv line 3", "t10k-images-idx3-ubyte.gz sample 0".</param>
/// <param name="Features">Of the training samples' shape, scaled as they are.</param>
public sealed record NewSample(string Source, float[] Features);

/// <summary>Reads samples from files as the training samples were read: the same shape, the same scaling, gray or colour as they are.</summary>
/// <remarks><code>
/// PNG          one sample; only for images. Of a folder: each of its .png files, in the ordinal order of their names
/// .csv .tsv    one sample a line: as many numbers as a sample has features (see <see cref="NewRows"/>)
/// IDX, .npy    [n, the sample's extents]: n samples; [n, h, w] for samples [1, h, w]
/// </code></remarks>
/// <param name="trained">The samples that the model was trained with.</param>
/// <param name="table">How the CSV file was read that they came from; null: they came from none.</param>
public sealed class NewSamples(StoredDataSet trained, CsvColumns? table = null)
{
    /// <summary>Features of all samples of one call at most: 1 GiB.</summary>
    public const long MaxFeatures = 1L << 28;

    /// <summary>The samples of all files and folders, in order.</summary>
    /// <exception cref="DataException">A file is missing, damaged, or of samples of another shape; a folder has no picture.</exception>
    public IReadOnlyList<NewSample> Read(IEnumerable<string> paths)
    {
        var samples = new List<NewSample>();
        foreach (var path in paths)
        {
            foreach (var sample in Directory.Exists(path) ? OfFolder(path) : OfFile(path))
            {
                samples.Add(sample);
                if ((long)samples.Count * sample.Features.Length > MaxFeatures)
                    throw new DataException($"{path}: with this file there are more than {MaxFeatures} features in all; at most so many are read at once");
            }
        }
        return samples;
    }

    /// <summary>The picture as a sample.</summary>
    /// <exception cref="DataException">It cannot be read, or has another size.</exception>
    public float[] Picture(string path)
    {
        var shape = trained.SampleShape;
        if (shape.Rank != 3 || shape[0] is not (1 or 3))
            throw new DataException($"{path}: a picture cannot be a sample here: samples have shape {shape}; "
                + $"{(shape.Rank == 1 ? $"a CSV file with {shape.SampleElements} numbers a line" : "an IDX or .npy file")} is wanted");
        var file = ImageFile.Read(path);
        if ((file.Height, file.Width) != (shape[1], shape[2]))
            throw new DataException($"{path} is {file.Width} x {file.Height} pixels, the model wants {shape[2]} x {shape[1]} (width x height)");
        var image = shape[0] == 1 ? file.ToGray() : file.ToRgb();
        var features = new float[shape.SampleElements];
        for (var i = 0; i < features.Length; i++) features[i] = Pixel(image[i / shape[2] % shape[1], i % shape[2], i / (shape[1] * shape[2])], i);
        return features;
    }

    /// <summary>The scaled value of a byte of an image: where training samples are no bytes and are not divided by 255, they are taken for
    /// numbers from 0 to 1.</summary>
    private float Pixel(byte value, int place) =>
        trained.Scaler.Apply(trained is ByteImageDataSet || trained.Scaler.Scaling == Scaling.Unit || trained.SampleShape.Rank != 3 ? value : value / 255f, place);

    private IEnumerable<NewSample> OfFolder(string path)
    {
        string[] files;
        try
        {
            files = Directory.GetFiles(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {error.Message}", error);
        }
        files = [.. files.Where(file => file.EndsWith(".png", StringComparison.OrdinalIgnoreCase) && Path.GetFileName(file)[0] != '.').Order(StringComparer.Ordinal)];
        if (files.Length == 0) throw new DataException($"{path}: there is no picture in this folder; files whose names end in .png are wanted");
        return files.SelectMany(OfFile);
    }

    private IEnumerable<NewSample> OfFile(string path)
    {
        if (!File.Exists(path)) throw new DataException($"there is no file {path}");
        var name = Path.GetFileName(path);
        if (Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".tsv" or ".txt")
            return new NewRows(trained.SampleShape, trained.Scaler, table).Read(path).Select(row => new NewSample($"{name} line {row.Line}", row.Features));
        return Beginning(path) switch
        {
            [0, 0, ..] or [0x1f, 0x8b, ..] => OfArray(name, path, IdxFile.Read(path)),
            [0x93, (byte)'N', ..] => OfArray(name, NumPyFile.Read(path)),
            _ => [new NewSample(name, Picture(path))],
        };
    }

    private IEnumerable<NewSample> OfArray(string name, string path, IdxContents contents)
    {
        Fits(path, contents.Extents);
        return Samples(name, contents.Extents[0], (element, place) => Pixel(contents.Data[element], place));
    }

    private IEnumerable<NewSample> OfArray(string name, NumPyArray array)
    {
        Fits(array.Path, array.Extents);
        if (array.Type == "u1") return Samples(name, array.Extents[0], (element, place) => Pixel(array.Data[element], place));
        var numbers = array.ToFloats();
        return Samples(name, array.Extents[0], (element, place) => trained.Scaler.Apply(numbers[element], place));
    }

    /// <param name="scaled">The scaled number of an element of the file that stands at a place of its sample.</param>
    private IEnumerable<NewSample> Samples(string name, int count, Func<int, int, float> scaled)
    {
        var width = trained.SampleShape.SampleElements;
        for (var sample = 0; sample < count; sample++)
        {
            var features = new float[width];
            for (var place = 0; place < width; place++) features[place] = scaled((sample * width) + place, place);
            yield return new NewSample($"{name} sample {sample}", features);
        }
    }

    private void Fits(string path, IReadOnlyList<int> extents)
    {
        var wanted = trained.SampleShape.Extents;
        int[] came = [.. extents.Skip(1)];
        if (extents.Count > 0 && (wanted.SequenceEqual(came) || (wanted.Length == 3 && wanted[0] == 1 && wanted[1..].SequenceEqual(came)))) return;
        throw new DataException($"{path} has extents [{string.Join(", ", extents)}], the model wants [n, {string.Join(", ", wanted.ToArray())}]");
    }

    private static byte[] Beginning(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[2];
            return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {error.Message}", error);
        }
    }
}
