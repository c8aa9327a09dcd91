using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Actors.Sharing;

/// <summary>A vector in a <see cref="MemoryFile"/>, of this process or of another.</summary>
/// <remarks>It is unmapped when nothing leads to it any more, and never before: whoever still holds a slice of it reads memory that is
/// there.</remarks>
internal sealed unsafe class MappedVector : MemoryManager<float>
{
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly float* _elements;
    private readonly long _bytes;
    private readonly Pressure _pressure;

    private MappedVector(SafeFileHandle file, int elements)
    {
        (_file, Length, _bytes) = (file, elements, sizeof(float) * (long)elements);
        _mapping = MemoryMappedFile.CreateFromFile(
            file, mapName: null, capacity: 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _mapping.CreateViewAccessor(0, _bytes, MemoryMappedFileAccess.ReadWrite);
        _elements = (float*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle();
        _pressure = new Pressure(_bytes);
    }

    public int Length { get; }

    /// <summary>Its file's number, by which other processes open it.</summary>
    public uint File => (uint)_file.DangerousGetHandle();

    /// <param name="what">For those who look.</param>
    /// <exception cref="IOException">There is no memory.</exception>
    public static MappedVector Create(int elements, string what = "vector") => Map(MemoryFile.Create(what, sizeof(float) * (long)elements), elements);

    /// <exception cref="IOException">The process has no such vector.</exception>
    public static MappedVector Open(ulong processId, uint file, int elements) =>
        Map(MemoryFile.Open(processId, file, sizeof(float) * (long)elements), elements);

    public override Span<float> GetSpan() => new(_elements, Length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_elements + elementIndex, default, this);

    public override void Unpin()
    {
        // It never moves; the handle has kept it alive.
    }

    protected override void Dispose(bool disposing)
    {
        // Slices of it may be anywhere: see the remarks.
    }

    private static MappedVector Map(SafeFileHandle file, int elements)
    {
        try
        {
            return new MappedVector(file, elements);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Tells the collector of memory that it does not see, so that a vector that is no longer used is found soon.</summary>
    private sealed class Pressure
    {
        private readonly long _bytes;

        public Pressure(long bytes) => GC.AddMemoryPressure(_bytes = bytes);

        ~Pressure() => GC.RemoveMemoryPressure(_bytes);
    }
}
