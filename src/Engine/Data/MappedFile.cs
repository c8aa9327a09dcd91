using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Engine.Data;

/// <summary>A file that is read as memory: what nobody looks at is never read, and processes that map the same file share it.</summary>
/// <remarks>The file must not become shorter while it is mapped. It is unmapped when no slice of it is left.</remarks>
internal sealed unsafe class MappedFile
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    /// <summary>A file of the user's, as it is now.</summary>
    /// <exception cref="DataException">It cannot be read, or is empty.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
            if (RandomAccess.GetLength(handle) > 0) return new MappedFile(handle);
            handle.Dispose();
            throw new DataException($"{path}: the file is empty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw DataException.CannotBeRead(path, error);
        }
    }

    /// <param name="handle">Taken over. Not empty.</param>
    /// <exception cref="IOException">It cannot be mapped.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public MappedFile(SafeFileHandle handle)
    {
        Length = RandomAccess.GetLength(handle);
        _file = MemoryMappedFile.CreateFromFile(handle, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        _bytes = (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle();
    }

    public long Length { get; }

    /// <summary>Elements of the file where they lie; they must never be written.</summary>
    /// <param name="offset">In bytes.</param>
    /// <param name="count">In elements.</param>
    public ReadOnlyMemory<T> Slice<T>(long offset, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + (long)count * sizeof(T), Length, nameof(count));
        return new Elements<T>(this, (T*)(_bytes + offset), count).Memory;
    }

    /// <summary>Holds the mapping for as long as somebody holds the slice.</summary>
    private sealed class Elements<T>(MappedFile file, T* first, int count) : MemoryManager<T>
        where T : unmanaged
    {
        public override Span<T> GetSpan() => new(first, count);

        public override MemoryHandle Pin(int elementIndex = 0) => new(first + elementIndex, default, this);

        public override void Unpin() => GC.KeepAlive(file);

        protected override void Dispose(bool disposing)
        {
            // Slices of it may be anywhere: see the remarks.
        }
    }
}
