using Distributed.Engine.Images;

namespace Distributed.Engine.Data;

/// <summary>What a folder of images holds, not scaled.</summary>
/// <param name="ClassNames">The sub-folders' names, in class order.</param>
public sealed record ImageFolderContents(ByteImageDataSet Set, IReadOnlyList<string> ClassNames);

/// <summary>PNG images in sub-folders, one a class, as many photo collections come.</summary>
/// <remarks>Classes are numbered in the ordinal order of the sub-folders' names, images of a class stand in that of the files' names: the
/// same on every machine. All have one size. Files with a dot before their name are passed over; alpha is laid on white. Where every
/// picture is gray the samples have one channel, else three.</remarks>
public static class ImageFolder
{
    /// <summary>Bytes of all pixels at most.</summary>
    public const long MaxBytes = 1L << 31;

    /// <param name="wanted">Classes that another part has: these are the sub-folders, no others; null: whatever there is.</param>
    /// <returns>Samples of shape [1, h, w] or [3, h, w].</returns>
    /// <exception cref="DataException">A folder is missing or empty, a file is no PNG, sizes differ.</exception>
    public static ImageFolderContents Load(string folder, IReadOnlyList<string>? wanted = null)
    {
        var names = ClassNames(folder);
        if (wanted is not null && !names.SequenceEqual(wanted))
            throw new DataException($"folder {folder} has the classes {string.Join(", ", names)}; wanted are {string.Join(", ", wanted)}");

        var files = new List<(string Path, int Label)>();
        for (var label = 0; label < names.Count; label++)
        {
            var paths = Names(Path.Combine(folder, names[label]), Directory.EnumerateFiles);
            if (paths.Count == 0) throw new DataException($"folder {Path.Combine(folder, names[label])} has no image");
            files.AddRange(paths.Select(path => (Path.Combine(folder, names[label], path), label)));
        }
        var images = Read(files);
        var channels = images.Max(image => image.Channels);
        var (height, width) = (images[0].Height, images[0].Width);
        var pixels = new byte[images.Count * channels * height * width];
        for (var i = 0; i < images.Count; i++)
            Planes(channels == 3 ? images[i].ToRgb() : images[i], pixels.AsSpan(i * channels * height * width, channels * height * width));
        var set = new ByteImageDataSet(pixels, [.. files.Select(file => file.Label)], new Shape(channels, height, width), names.Count);
        return new ImageFolderContents(set, names);
    }

    /// <summary>The sub-folders' names, in class order.</summary>
    /// <exception cref="DataException">There are none, or the folder cannot be read.</exception>
    public static IReadOnlyList<string> ClassNames(string folder)
    {
        var names = Names(folder, Directory.EnumerateDirectories);
        return names.Count > 0 ? names : throw new DataException($"folder {folder} has no sub-folders; one for each class is wanted");
    }

    private static List<Image> Read(List<(string Path, int Label)> files)
    {
        var images = new List<Image>(files.Count);
        foreach (var (path, _) in files)
        {
            var image = ImageFile.Read(path).OnWhite();
            if (images.Count > 0 && (image.Width, image.Height) != (images[0].Width, images[0].Height))
                throw new DataException($"{path}: the image is {image.Width} x {image.Height}, " +
                    $"{files[0].Path} is {images[0].Width} x {images[0].Height}; all must have one size");
            if (3L * image.Width * image.Height * files.Count > MaxBytes)
                throw new DataException($"{files.Count} images of {image.Width} x {image.Height} are more than {MaxBytes} bytes; " +
                    "that is more than is held in memory");
            images.Add(image);
        }
        return images;
    }

    /// <summary>Channels side by side become planes one after another: [h, w, c] to [c, h, w].</summary>
    private static void Planes(Image image, Span<byte> planes)
    {
        var size = image.Width * image.Height;
        for (var c = 0; c < image.Channels; c++)
            for (var i = 0; i < size; i++)
                planes[c * size + i] = image.Pixels[i * image.Channels + c];
    }

    private static List<string> Names(string folder, Func<string, IEnumerable<string>> list)
    {
        try
        {
            return [.. list(folder).Select(path => Path.GetFileName(path)).Where(name => name[0] != '.').Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw DataException.CannotBeRead(folder, error);
        }
    }
}
