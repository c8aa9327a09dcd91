using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Actors.Sharing;

/// <summary>A file that is nothing but memory, filled by one process and then read by others of the same user and machine.</summary>
/// <remarks>Its place is known before its content is. It may be opened when it is sealed: from then on neither its length nor a byte of it ever
/// changes, whatever becomes of who made it.</remarks>
public sealed class LentFile : IDisposable
{
    private LentFile(SafeFileHandle handle) => Handle = handle;

    /// <summary>Whether there may be such files here.</summary>
    public static bool IsPossible => MemoryFile.IsPossible;

    /// <summary>To write with, until it is sealed.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>What other processes open it by: PROCESS:FILE.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}:{Handle.DangerousGetHandle()}");

    /// <param name="what">For those who look at what a process has open.</param>
    /// <exception cref="IOException">There is none to be had.</exception>
    public static LentFile Create(string what) => new(MemoryFile.Create(what));

    /// <summary>Nothing of it changes any more.</summary>
    /// <exception cref="IOException">It cannot be sealed.</exception>
    public void Seal() => MemoryFile.Seal(Handle, SealedAgainst.Everything);

    /// <param name="place">The <see cref="Place"/> of a file of this or another process.</param>
    /// <exception cref="IOException">There is none, or it is not sealed.</exception>
    public static SafeFileHandle Open(string place)
    {
        var parts = place.Split(':');
        return parts.Length == 2
            && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var file)
            ? MemoryFile.Open(process, file, FileAccess.Read, SealedAgainst.Everything)
            : throw new IOException($"PROCESS:FILE is wanted, got {place}");
    }

    public void Dispose() => Handle.Dispose();
}
