using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;

namespace Distributed.Protocol;

/// <summary>Reads the frames of one connection from its bytes as they come. A chunk's payload goes to its destination piece by piece.</summary>
/// <remarks>
/// Every length is checked against <see cref="FrameLimits"/> before anything is allocated for it. A message is parsed when its
/// frame's checksum is found right; a chunk's destination is asked for when the checksum of its front is, and the chunk is handed
/// out when that of the whole frame is. A frame with a damaged bit is refused by its own bytes, without waiting for more. After a
/// <see cref="ProtocolException"/> the decoder must not be used again, only disposed of. Not thread-safe.
/// </remarks>
/// <param name="destinations">Where the chunks for an actor, by its name, are to be written. A destination may throw
/// <see cref="ProtocolException"/> to refuse a chunk that cannot be.</param>
public sealed class FrameDecoder(Func<string, IChunkDestination> destinations) : IDisposable
{
    /// <summary>Bytes of a frame in front of a body, or in front of a chunk's data, at most.</summary>
    private const int MaxHeadBytes = FrameLimits.MaxFrameBytes - sizeof(float) * FrameLimits.MaxChunkElements;

    private const int NoFrame = -1;

    private readonly NameReader _toNames = new("to");
    private readonly NameReader _fromNames = new("from");

    /// <summary>Of the frame being read, its prefix and checks left out.</summary>
    private int _length = NoFrame;

    private FrameCheck _check;
    private string _to = "", _from = "";
    private TensorChunk? _chunk;
    private int _filled;
    private readonly ElementBytes _elements = new();

    /// <summary>Bytes of the next frame at most; the prefix is left out.</summary>
    public int MaxFrameBytes { get; set; } = FrameLimits.MaxFrameBytes;

    /// <summary>Whether no frame has been begun, so that the connection may end here.</summary>
    public bool IsAtFrameStart => _length == NoFrame;

    /// <summary>Takes bytes off the front of <paramref name="input"/>, up to the end of one frame.</summary>
    /// <returns>True: <paramref name="frame"/> is whole. False: more bytes are needed behind those that are left in <paramref name="input"/>.</returns>
    /// <exception cref="ProtocolException">The bytes are no frame that this protocol allows.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> input, out ReceivedFrame frame)
    {
        frame = default;
        if (_length == NoFrame && !TryReadLength(ref input))
        {
            return false;
        }

        if (_chunk is null && !TryReadBody(ref input, out frame))
        {
            return false;
        }

        if (_chunk is not null)
        {
            if (!TryFill(ref input, _chunk))
            {
                return false;
            }

            frame = new ReceivedFrame(_to, _from, _chunk);
        }

        (_chunk, _length) = (null, NoFrame);
        return true;
    }

    /// <summary>Where the next bytes of the frame belong, while a chunk's elements are awaited: who reads them straight to there, and not
    /// through <see cref="TryRead"/>, says so with <see cref="Filled"/>. Empty: the next bytes are none of a chunk's elements.</summary>
    public Memory<byte> Missing => _chunk is { } chunk ? _elements.Of(chunk.Data)[_filled..] : Memory<byte>.Empty;

    /// <summary>The first bytes of <see cref="Missing"/> have been written. The frame is handed out by the next <see cref="TryRead"/>, which
    /// may be given no bytes at all.</summary>
    public void Filled(int bytes)
    {
        _check.Add(Missing.Span[..bytes]);
        _filled += bytes;
    }

    /// <summary>Gives back the memory of a chunk that was begun.</summary>
    public void Dispose()
    {
        _chunk?.Release();
        _chunk = null;
    }

    internal static (int Field, int Type) Split(ulong tag) => tag >> 3 is > 0 and <= 0x1FFFFFFF
        ? ((int)(tag >> 3), (int)(tag & 7))
        : throw new ProtocolException($"{tag} is no field tag.");

    private bool TryReadLength(ref ReadOnlySequence<byte> input)
    {
        var reader = new SequenceReader<byte>(input);
        if (!WireFormat.TryReadVarint(ref reader, out var length))
        {
            return false;
        }

        if (length <= FrameCheck.Bytes || length > (ulong)MaxFrameBytes)
        {
            throw new ProtocolException($"A frame here has {FrameCheck.Bytes + 1} to {MaxFrameBytes} bytes, not {length}.");
        }

        if (!FrameCheck.TryRead(ref reader, (int)length, out _check))
        {
            return false;
        }

        _length = (int)length - FrameCheck.Bytes;
        (_to, _from) = ("", "");
        input = input.Slice(reader.Position);
        return true;
    }

    /// <summary>Reads the frame's fields: a whole message into <paramref name="frame"/>, or a chunk up to its payload.</summary>
    private bool TryReadBody(ref ReadOnlySequence<byte> input, out ReceivedFrame frame)
    {
        frame = default;
        var window = input.Slice(0, Math.Min(input.Length, _length));
        var reader = new SequenceReader<byte>(window);
        if (!TryReadHead(ref reader, out var number, out var bodyLength))
        {
            return NeedsMore(window, "in front of its body");
        }

        if (number == MessageTable.ChunkNumber)
        {
            if (bodyLength != _length - reader.Consumed)
            {
                throw new ProtocolException(
                    $"A chunk of {bodyLength} bytes should end its frame, of which {_length - reader.Consumed} are left.");
            }

            if (!ChunkHead.TryRead(ref reader, bodyLength, out var header, out var frontAt, out var front))
            {
                return NeedsMore(window, "in front of a chunk's data");
            }

            _check.Add(window.Slice(0, frontAt));
            _check.CompareFront(front);
            _check.Add(window.Slice(frontAt, reader.Consumed - frontAt));
            (_chunk, _filled) = (Rent(header), 0);
            input = input.Slice(reader.Position);
            return true;
        }

        if (window.Length < _length)
        {
            return false;
        }

        _check.Add(window);
        _check.Compare();
        var body = Parse(MessageTable.Find(number)!, window.Slice(reader.Position, bodyLength));
        reader.Advance(bodyLength);
        SkipRest(ref reader);
        frame = new ReceivedFrame(_to, _from, body);
        input = input.Slice(window.End);
        return true;
    }

    /// <summary>Reads to, from, and the tag and length of the body.</summary>
    private bool TryReadHead(ref SequenceReader<byte> reader, out int number, out int bodyLength)
    {
        (number, bodyLength) = (0, 0);
        var last = 0;
        while (WireFormat.TryReadVarint(ref reader, out var tag))
        {
            (number, var type) = Split(tag);
            var isName = number is Frame.ToFieldNumber or Frame.FromFieldNumber;
            var entry = MessageTable.Find(number);
            if (!isName && entry is null && number != MessageTable.ChunkNumber)
            {
                if (!WireFormat.TrySkip(ref reader, type))
                {
                    return false;
                }

                continue;
            }

            if (type != WireFormat.Delimited)
            {
                throw new ProtocolException($"Field {number} of a frame has wire type {type} and should have {WireFormat.Delimited}.");
            }

            if (isName)
            {
                if (number <= last)
                {
                    throw new ProtocolException($"Field {number} of a frame stands after field {last}; each may come once, in order.");
                }

                last = number;
                if (!(number == Frame.ToFieldNumber ? _toNames.TryRead(ref reader, out _to) : _fromNames.TryRead(ref reader, out _from)))
                {
                    return false;
                }

                continue;
            }

            if (!WireFormat.TryReadVarint(ref reader, out var length))
            {
                return false;
            }

            if (length > (ulong)(_length - reader.Consumed) || (entry is not null && length > (ulong)entry.MaxBytes))
            {
                throw new ProtocolException(
                    $"A {entry?.Type.Name ?? nameof(TensorChunk)} of {length} bytes is announced, in a frame with {_length - reader.Consumed} " +
                    $"left; at most {entry?.MaxBytes ?? FrameLimits.MaxFrameBytes} are allowed.");
            }

            bodyLength = (int)length;
            return true;
        }

        return false;
    }

    /// <summary>Always false, if the frame may still go on.</summary>
    private bool NeedsMore(in ReadOnlySequence<byte> window, string where)
    {
        if (window.Length == _length)
        {
            throw new ProtocolException($"A frame of {_length} bytes carries no whole known message.");
        }

        return window.Length <= MaxHeadBytes
            ? false
            : throw new ProtocolException($"A frame has more than {MaxHeadBytes} bytes {where}.");
    }

    private static IMessage Parse(MessageTable.Entry entry, in ReadOnlySequence<byte> bytes)
    {
        IMessage body;
        try
        {
            body = entry.Parse(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ProtocolException($"A {entry.Type.Name} could not be read: {exception.Message}", exception);
        }

        entry.Check(body);
        return body;
    }

    /// <summary>Behind a message only fields that nobody knows may follow.</summary>
    private static void SkipRest(ref SequenceReader<byte> reader)
    {
        while (!reader.End)
        {
            var (field, type) = WireFormat.TryReadVarint(ref reader, out var tag) ? Split(tag) : (0, WireFormat.Varint);
            if (field is Frame.ToFieldNumber or Frame.FromFieldNumber or MessageTable.ChunkNumber || MessageTable.Find(field) is not null)
            {
                throw new ProtocolException($"Field {field} stands behind a frame's body, which should be last.");
            }

            if (field == 0 || !WireFormat.TrySkip(ref reader, type))
            {
                throw new ProtocolException("A frame ends inside of a field.");
            }
        }
    }

    private TensorChunk Rent(in ChunkHeader header)
    {
        var chunk = destinations(_to).Rent(header);
        return chunk.Header == header && chunk.Data.Length == header.Elements
            ? chunk
            : throw new InvalidOperationException(
                $"The destination of \"{_to}\" was asked for {header} and rented {chunk.Header} with {chunk.Data.Length} elements.");
    }

    private bool TryFill(ref ReadOnlySequence<byte> input, TensorChunk chunk)
    {
        var target = MemoryMarshal.AsBytes(chunk.Data.Span);
        var count = (int)Math.Min(input.Length, target.Length - _filled);
        input.Slice(0, count).CopyTo(target[_filled..]);
        input = input.Slice(count);
        Filled(count);
        if (_filled < target.Length)
        {
            return false;
        }

        _check.Compare();

        if (!BitConverter.IsLittleEndian)
        {
            var elements = MemoryMarshal.Cast<byte, int>(target);
            BinaryPrimitives.ReverseEndianness(elements, elements);
        }

        return true;
    }

    /// <summary>Reads actors' names; the string of the last one is used again, since names repeat from frame to frame.</summary>
    private sealed class NameReader(string field)
    {
        private static readonly SearchValues<byte> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789./-"u8);

        private readonly byte[] _last = new byte[FrameLimits.MaxActorNameBytes];
        private string _name = "";

        public bool TryRead(ref SequenceReader<byte> reader, out string name)
        {
            name = "";
            if (!WireFormat.TryReadVarint(ref reader, out var length))
            {
                return false;
            }

            if (length > FrameLimits.MaxActorNameBytes)
            {
                throw new ProtocolException(
                    $"Frame.{field} may have {FrameLimits.MaxActorNameBytes} bytes, but has {length}.");
            }

            Span<byte> bytes = stackalloc byte[FrameLimits.MaxActorNameBytes];
            bytes = bytes[..(int)length];
            if (!reader.TryCopyTo(bytes))
            {
                return false;
            }

            reader.Advance(bytes.Length);
            if (!bytes.SequenceEqual(_last.AsSpan(0, _name.Length)))
            {
                if (bytes.ContainsAnyExcept(Allowed))
                {
                    throw new ProtocolException($"Frame.{field} has bytes that are not a-z, 0-9, '.', '/' or '-'.");
                }

                _name = Encoding.ASCII.GetString(bytes);
                bytes.CopyTo(_last);
            }

            name = _name;
            return true;
        }
    }
}
