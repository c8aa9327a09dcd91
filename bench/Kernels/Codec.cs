using System.Buffers;
using BenchmarkDotNet.Attributes;
using Distributed.Protocol;

namespace Distributed.Kernels;

/// <summary>A chunk of 256 KiB through the codec, in memory: encoded, and decoded into its place, checksums included.</summary>
[MemoryDiagnoser]
public class Codec
{
    private const int Elements = 1 << 16;

    private readonly float[] _data = [.. Enumerable.Range(0, Elements).Select(i => i * 0.5f)];
    private readonly ArrayBufferWriter<byte> _output = new(Elements * sizeof(float) + 1024);
    private byte[] _frame = [];
    private FrameDecoder _decoder = null!;

    [GlobalSetup]
    public void Encode()
    {
        _frame = new byte[Write()];
        _output.WrittenSpan.CopyTo(_frame);
        _decoder = new FrameDecoder(_ => new Place(new float[Elements]));
    }

    [Benchmark]
    public long Write()
    {
        _output.ResetWrittenCount();
        var header = new ChunkHeader(ChunkKind.Partial, 7, 3, 0, 8, Elements);
        return FrameEncoder.Write(_output, "coordinator", "worker", new TensorChunk(header, _data));
    }

    [Benchmark]
    public bool Read()
    {
        var input = new ReadOnlySequence<byte>(_frame);
        return _decoder.TryRead(ref input, out _);
    }

    private sealed class Place(float[] memory) : IChunkDestination
    {
        public TensorChunk Rent(in ChunkHeader header) => new(header, memory.AsMemory(0, header.Elements));
    }
}
