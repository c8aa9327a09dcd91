using System.Security.Cryptography;
using Distributed.Protocol;
using Google.Protobuf;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Actors.Sharing;

/// <summary>Shows that two processes can open each other's memory: random bytes in a memory file of one, which the other reads.</summary>
/// <remarks>The file holds the bytes and the id of its node: a peer that names a file of somebody else's, or of our own, is found out.</remarks>
internal sealed class Token : IDisposable
{
    private const int RandomBytes = 32;

    private readonly SafeFileHandle _file;
    private readonly ByteString _bytes = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <param name="node">The id of this node.</param>
    /// <exception cref="IOException">There is no memory that could be shared.</exception>
    public Token(ByteString node)
    {
        _file = MemoryFile.Create("token", RandomBytes + node.Length);
        RandomAccess.Write(_file, [.. _bytes.Span, .. node.Span], 0);
    }

    public SharedMemory Offer => new()
    {
        ProcessId = (ulong)Environment.ProcessId,
        File = (uint)_file.DangerousGetHandle(),
        Token = _bytes,
    };

    /// <param name="node">The id of the node that offers.</param>
    /// <exception cref="IOException">The file cannot be opened here, or is not that node's.</exception>
    public static void Check(SharedMemory offer, ByteString node)
    {
        var bytes = new byte[RandomBytes + node.Length];
        using var file = MemoryFile.Open(offer.ProcessId, offer.File, bytes.Length);
        if (RandomAccess.Read(file, bytes, 0) != bytes.Length || !bytes.AsSpan().SequenceEqual([.. offer.Token.Span, .. node.Span]))
        {
            throw new IOException("it is another process's file");
        }
    }

    public void Dispose() => _file.Dispose();
}
