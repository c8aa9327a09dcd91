namespace Distributed.Engine.Data;

/// <summary>The bytes of samples where they lie: in memory, or in files that are read as memory.</summary>
/// <remarks>
/// <code>
/// part      samples at equal distances in one piece of memory, the first of them at its beginning
/// parts     in the samples' order
/// order     null: sample i is the i-th of the parts; else it is the order[i]-th
/// </code>
/// Of files nothing is copied, so a set may be larger than the memory: the operating system reads what is looked at and forgets it again.
/// </remarks>
internal sealed class SampleBytes
{
    private const int MaxPieceBytes = 1 << 30;

    private readonly Part[] _parts;
    private readonly int[]? _order;

    private SampleBytes(Part[] parts, int sampleBytes, int count, bool isMapped, int[]? order) =>
        (_parts, SampleLength, Count, IsMapped, _order) = (parts, sampleBytes, count, isMapped, order);

    /// <summary>Bytes of a sample.</summary>
    public int SampleLength { get; }

    /// <summary>Samples.</summary>
    public int Count { get; }

    /// <summary>Bytes of all samples.</summary>
    public long Length => (long)Count * SampleLength;

    /// <summary>Whether they lie in files.</summary>
    public bool IsMapped { get; }

    /// <param name="bytes">One sample behind the other; what is too short for a whole one at the end is left out.</param>
    public static SampleBytes Of(ReadOnlyMemory<byte> bytes, int sampleBytes)
    {
        var count = bytes.Length / sampleBytes;
        return new SampleBytes([new Part(bytes, 0, count, sampleBytes)], sampleBytes, count, isMapped: false, order: null);
    }

    /// <summary>Samples in files, one file's behind the other's.</summary>
    /// <param name="files">Each with the place of its first sample, in bytes, and its number of samples, all of which it holds.</param>
    /// <param name="stride">From the beginning of a sample to that of the next, in bytes.</param>
    /// <param name="pieceBytes">Of a piece of a file that is looked at as one memory, at most, if a sample fits.</param>
    public static SampleBytes In(IEnumerable<(MappedFile File, long Offset, int Samples)> files, int sampleBytes, int stride, int pieceBytes = MaxPieceBytes)
    {
        var parts = new List<Part>();
        var count = 0;
        var most = Math.Max(1, pieceBytes / stride);
        foreach (var (file, offset, samples) in files)
            for (var first = 0; first < samples;)
            {
                var some = Math.Min(most, samples - first);
                var piece = file.Slice<byte>(offset + (long)first * stride, checked((some - 1) * stride + sampleBytes));
                parts.Add(new Part(piece, count, some, stride));
                (first, count) = (first + some, checked(count + some));
            }
        return new SampleBytes([.. parts], sampleBytes, count, isMapped: true, order: null);
    }

    /// <summary>One sample.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var sample = _order is null ? index : _order[index];
            var at = _parts.Length - 1;
            while (_parts[at].First > sample) at--; // there are few
            ref readonly var part = ref _parts[at];
            return part.Bytes.Span.Slice((sample - part.First) * part.Stride, SampleLength);
        }
    }

    /// <summary>Some samples, in the order given: of memory a copy, of files only their places.</summary>
    public SampleBytes Select(ReadOnlySpan<int> indices)
    {
        if (!IsMapped)
        {
            var selected = new byte[checked(indices.Length * SampleLength)];
            for (var i = 0; i < indices.Length; i++) this[indices[i]].CopyTo(selected.AsSpan(i * SampleLength));
            return Of(selected, SampleLength);
        }
        var order = new int[indices.Length];
        for (var i = 0; i < order.Length; i++) order[i] = _order is null ? indices[i] : _order[indices[i]];
        return new SampleBytes(_parts, SampleLength, order.Length, isMapped: true, order);
    }

    /// <summary>All bytes in the samples' order, in pieces of whole samples.</summary>
    public void ForEachRun(RunAction act)
    {
        if (_order is null && Array.TrueForAll(_parts, part => part.Stride == SampleLength))
            foreach (var part in _parts) act(part.Bytes.Span);
        else
            for (var i = 0; i < Count; i++) act(this[i]);
    }

    public delegate void RunAction(ReadOnlySpan<byte> samples);

    /// <param name="First">The number of its first sample.</param>
    private readonly record struct Part(ReadOnlyMemory<byte> Bytes, int First, int Samples, int Stride);
}
