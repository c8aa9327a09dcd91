namespace Distributed.Coordinator.Cli.Downloads;

/// <summary>Every bound of a download but the files' lengths, which are known (<see cref="PublishedFile"/>).</summary>
internal static class DownloadLimits
{
    /// <summary>Until a server takes a connection.</summary>
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(20);

    /// <summary>Until a server's next bytes.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    /// <summary>Times that a server may send elsewhere.</summary>
    public const int Redirections = 5;

    /// <summary>Of an answer's headers, KiB.</summary>
    public const int HeaderKilobytes = 32;

    /// <summary>Bytes moved at once.</summary>
    public const int Block = 1 << 16;

    /// <summary>Of the list of sums in a folder, bytes.</summary>
    public const int SumsBytes = 1 << 16;
}
