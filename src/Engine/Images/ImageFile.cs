using Distributed.Engine.Checkpoints;
using Distributed.Engine.Data;

namespace Distributed.Engine.Images;

/// <summary>Reads and writes pictures as files. PNG is the one format; of others a sentence says what the file is.</summary>
public static class ImageFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 1 << 28;

    /// <exception cref="DataException">The file cannot be read, is no PNG, is damaged or too large.</exception>
    public static Image Read(string path)
    {
        if (Directory.Exists(path)) throw new DataException($"{path} is a folder; a PNG file is wanted");
        if (!File.Exists(path)) throw new DataException($"there is no picture {path}");
        var bytes = BoundedFile.Read(path, MaxBytes);
        try
        {
            return Png.Decode(bytes);
        }
        catch (DataException error)
        {
            throw new DataException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Writes beside the file, then renames: under the name there is the old file or the new one, whole.</summary>
    /// <exception cref="DataException">The disk refuses.</exception>
    public static void Write(string path, Image image)
    {
        try
        {
            WholeFile.Write(path, stream => Png.Encode(image, stream));
        }
        catch (CheckpointException error)
        {
            throw new DataException(error.Message, error);
        }
    }
}
