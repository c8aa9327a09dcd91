using System.Buffers.Binary;

namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>The four IDX files of a tiny data set: images of 4 by 4 in three classes.</summary>
internal static class ImageFiles
{
    public const string TrainImages = "train-images-idx3-ubyte", TrainLabels = "train-labels-idx1-ubyte";
    public const string TestImages = "t10k-images-idx3-ubyte", TestLabels = "t10k-labels-idx1-ubyte";

    private const int Pixels = 4 * 4, Classes = 3;

    /// <param name="change">Changes a file's bytes before they are written.</param>
    public static string Write(string folder, Func<string, byte[], byte[]>? change = null)
    {
        Directory.CreateDirectory(folder);
        Part(folder, TrainImages, TrainLabels, 30, change);
        Part(folder, TestImages, TestLabels, 12, change);
        return folder;
    }

    private static void Part(string folder, string images, string labels, int count, Func<string, byte[], byte[]>? change)
    {
        byte[] pixels = [.. Enumerable.Range(0, count * Pixels).Select(i => (byte)(i * 37 + i / Pixels % Classes * 60))];
        byte[] classes = [.. Enumerable.Range(0, count).Select(i => (byte)(i % Classes))];
        Save(images, [0, 0, 8, 3, .. Extent(count), .. Extent(4), .. Extent(4), .. pixels]);
        Save(labels, [0, 0, 8, 1, .. Extent(count), .. classes]);

        void Save(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(folder, name), change?.Invoke(name, bytes) ?? bytes);
    }

    private static byte[] Extent(int extent)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, extent);
        return bytes;
    }
}
