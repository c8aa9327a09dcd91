namespace Distributed.Engine.Data;

/// <summary>Reads whole files whose size is checked first.</summary>
internal static class BoundedFile
{
    /// <exception cref="DataException">The file cannot be read, or is larger.</exception>
    public static byte[] Read(string path, long maxBytes)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (file.Length > maxBytes) throw new DataException($"{path}: the file has {file.Length} bytes, at most {maxBytes} are read");
            var bytes = new byte[file.Length];
            return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw DataException.CannotBeRead(path, error);
        }
    }
}
