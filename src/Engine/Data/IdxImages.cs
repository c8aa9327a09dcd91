namespace Distributed.Engine.Data;

/// <summary>A folder with the four IDX files of MNIST and its kin, under their canonical names, each plain or with .gz.</summary>
/// <remarks>Images in a plain file stay there and are read as memory: it must not be changed while they are used.</remarks>
public static class IdxImages
{
    public const string TrainImages = "train-images-idx3-ubyte", TrainLabels = "train-labels-idx1-ubyte";
    public const string TestImages = "t10k-images-idx3-ubyte", TestLabels = "t10k-labels-idx1-ubyte";

    /// <param name="classes">null: one more than the largest label of the training part.</param>
    /// <param name="scaling">Statistics are of the training part.</param>
    /// <returns>Images [n, h, w] become samples [1, h, w]; [n, c, h, w] become [c, h, w].</returns>
    /// <exception cref="DataException">A file is missing or damaged, or images and labels do not fit.</exception>
    public static DataPair Load(string folder, Scaling scaling = Scaling.Unit, int? classes = null)
    {
        var train = LoadPart(folder, TrainImages, TrainLabels, classes);
        return DataPair.Scaled(train, LoadPart(folder, TestImages, TestLabels, classes ?? train.Classes), scaling);
    }

    /// <summary>One part, not scaled.</summary>
    /// <param name="imagesName">The file's name without .gz.</param>
    public static ByteImageDataSet LoadPart(string folder, string imagesName, string labelsName, int? classes = null)
    {
        var (imagesPath, labelsPath) = (Find(folder, imagesName), Find(folder, labelsName));
        var labelBytes = IdxFile.Read(labelsPath);
        if (labelBytes.Extents.Count != 1)
            throw new DataException($"{labelsPath}: labels have 1 dimension, got {labelBytes.Extents.Count}");
        var (extents, pixels) = IdxFile.Map(imagesPath);
        if (extents.Count is not (3 or 4))
            throw new DataException($"{imagesPath}: images have 3 dimensions (n, height, width) or 4 (n, channels, height, width), " +
                $"got {extents.Count}");
        if (extents[0] != labelBytes.Extents[0])
            throw new DataException($"{imagesPath} holds {extents[0]} images, " +
                $"{labelsPath} holds {labelBytes.Extents[0]} labels; " +
                "there must be as many");

        var labels = Array.ConvertAll(labelBytes.Data, label => (int)label);
        var shape = extents.Count == 3
            ? new Shape(1, extents[1], extents[2])
            : new Shape(extents[1], extents[2], extents[3]);
        try
        {
            return new ByteImageDataSet(pixels, new LabelTargets(labels, classes ?? labels.Max() + 1), shape);
        }
        catch (DataException error)
        {
            throw new DataException($"{labelsPath}: {error.Message}", error);
        }
    }

    private static string Find(string folder, string name)
    {
        var plain = Path.Combine(folder, name);
        if (File.Exists(plain)) return plain;
        if (File.Exists(plain + ".gz")) return plain + ".gz";
        throw new DataException(Directory.Exists(folder)
            ? $"folder {folder} has no file {name} or {name}.gz"
            : $"there is no folder {folder}, in which {name} or {name}.gz is looked for")
        {
            IsMissing = true,
        };
    }
}
