namespace Distributed.Coordinator.Cli.Downloads;

/// <summary>A public data set: where its files are to be had, and how they are told to be right.</summary>
/// <param name="Name">As the command line and <see cref="Distributed.Jobs.DataCache"/> call it.</param>
/// <param name="Summary">What it is and who made it.</param>
/// <param name="Base">The files' names are put behind it; ends in a slash.</param>
internal sealed record PublishedSet(string Name, string Summary, Uri Base, params IReadOnlyList<PublishedFile> Files)
{
    /// <summary>Of what is downloaded, all files together.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);

    /// <summary>Every file of the folder when it is whole.</summary>
    public IEnumerable<UnpackedFile> Contents => Files.SelectMany(file => file.Contents);
}

/// <summary>A file to download.</summary>
/// <param name="Bytes">Its length; not a byte more is taken.</param>
/// <param name="Sha256">64 hexadecimal digits, lower case.</param>
internal sealed record PublishedFile(string Name, long Bytes, string Sha256, Packing Packing, params IReadOnlyList<UnpackedFile> Contents);

/// <summary>A file that comes out of a <see cref="PublishedFile"/>.</summary>
/// <param name="Name">Without a folder.</param>
/// <param name="Bytes">Its length; what has another is refused.</param>
/// <param name="Entry">Its path inside the archive; empty where the packed file holds it alone.</param>
internal sealed record UnpackedFile(string Name, long Bytes, string Entry = "");

internal enum Packing
{
    /// <summary>One file, compressed.</summary>
    Gzip,

    /// <summary>A compressed archive; what is not named in <see cref="PublishedFile.Contents"/> stays in it.</summary>
    TarGzip,
}
